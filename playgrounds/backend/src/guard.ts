/**
 * What keeps other web pages out. The backend knows no passwords, so a page that can reach it may sign in: the browser's
 * own walls have to hold. They do not when a page's own name is made to point at this machine (DNS rebinding), which is
 * seen by the `Host` that the browser sends.
 */
import { isIP } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RequestError } from './errors.ts'

export interface GuardOptions {
  /** Names that the backend is reached by, beside those of this machine. */
  readonly hosts: readonly string[]
  /** Where clients sync; undefined: here. */
  readonly endpoint: string | undefined
}

/** `host.docker.internal` is what a container calls the machine that it runs on, and no name that can be bought. */
const ownHosts = ['localhost', 'host.docker.internal']

export function addGuard(app: FastifyInstance, { hosts, endpoint }: GuardOptions): void {
  const allowed = new Set([...ownHosts, ...hosts.map((host) => host.toLowerCase())])
  const headers = securityHeaders(endpoint)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers)
    const { host = '' } = request.headers
    if (isAllowed(host, allowed)) done()
    else
      done(new RequestError('unknown-host', `This backend is not ${host}. --allow-host names it.`))
  })
}

/** An address is always fine: a name that points at this machine is what it takes to come around the browser's walls. */
function isAllowed(header: string, allowed: ReadonlySet<string>): boolean {
  const host = header.replace(/:\d+$/, '').toLowerCase()
  const address = host.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) > 0 || allowed.has(host) || host.endsWith('.localhost')
}

/** Of every answer. The pages need WASM and workers of their own origin, and to be framed by the page of all three. */
function securityHeaders(endpoint?: string): Record<string, string> {
  const policy = [
    `default-src 'self'`,
    `script-src 'self' 'wasm-unsafe-eval'`,
    `img-src 'self' data:`,
    `connect-src 'self' ${endpoint === undefined ? '' : new URL(endpoint).origin}`.trim(),
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'self'`,
  ]
  return {
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  }
}

/** Answers a URL that cannot be read, which no hook and no route sees. */
export function answerBadUrl(error: Error, _request: FastifyRequest, reply: FastifyReply): void {
  const body = { code: 'bad-request', message: error.message }
  void reply.headers(securityHeaders()).status(400).send(body)
}
