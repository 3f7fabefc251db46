/**
 * What a client did wrong, as a status and a code. Whatever else is thrown is the backend's own fault and becomes a
 * 500 without details, which clients retry.
 */
import type { FastifyError, FastifyInstance } from 'fastify'
import { z } from 'zod'

/** Each code with its HTTP status: 4xx will fail again when sent again. */
const statusOf = {
  'bad-request': 400,
  'bad-json': 400,
  'bad-value': 400,
  'unknown-column': 400,
  'unknown-table': 400,
  'unknown-stream': 400,
  'no-token': 401,
  'token-expired': 401,
  'token-invalid': 401,
  'not-yours': 403,
  'read-only-table': 403,
  'not-found': 404,
  'unknown-user': 404,
  'missing-reference': 409,
  'part-missing': 409,
  'body-too-large': 413,
  'wrong-content-type': 415,
  'unknown-host': 421,
  'too-many-stops': 422,
  refused: 422,
} as const

export type RequestErrorCode = keyof typeof statusOf

/** An error that the client hears of; `detail` joins `code` and `message` in the answer. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: RequestErrorCode
  readonly detail: Record<string, unknown>

  constructor(code: RequestErrorCode, message: string, detail: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.detail = detail
  }
}

/** What is wrong with a body. The first is enough to mend it, and a body of a megabyte may have ten thousand. */
export function firstIssue({ issues }: z.ZodError): string {
  return z.prettifyError({ issues: issues.slice(0, 1) }).slice(0, 1000)
}

const ownCodes: Record<string, RequestErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad-json',
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad-json',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'wrong-content-type',
}

function toRequestError(error: unknown): RequestError | undefined {
  if (error instanceof RequestError) return error
  const { code, statusCode, message } = error as FastifyError
  const own = ownCodes[code]
  if (own !== undefined) return new RequestError(own, message)
  if (error instanceof SyntaxError) return new RequestError('bad-json', 'The body is not JSON.')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new RequestError('bad-request', message)
  return undefined
}

/** Answers every error of `app` as JSON `{ code, message }`. */
export function answerErrors(app: FastifyInstance, log: (line: string) => void): void {
  app.setErrorHandler((error, request, reply) => {
    const known = toRequestError(error)
    if (known === undefined) {
      log(`${request.method} ${request.routeOptions.url ?? ''} failed: ${String(error)}`)
      return reply.status(500).send({ code: 'internal', message: 'The backend failed. Try again.' })
    }
    const { code, message, detail } = known
    return reply.status(statusOf[code]).send({ code, message, ...detail })
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .status(statusOf['not-found'])
      .send({ code: 'not-found', message: `There is no ${request.method} ${request.url}.` }),
  )
}
