/** A proxy between a real client and a backend that counts the operations which pass on the wire. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { operationsOf, type SyncLine } from './sync-client.ts'

export interface CountingProxy {
  readonly url: string
  /** Operation id → how often it has passed. */
  readonly passed: ReadonlyMap<string, number>
  /** Called after each page of operations, with the number of different ones so far. */
  onPage(listener: (count: number) => void): void
}

/** Passes everything on to the backend that `target` names at the time; requests wait while there is none. */
export async function startCountingProxy(target: () => Promise<string>): Promise<CountingProxy> {
  const passed = new Map<string, number>()
  let listener: (count: number) => void = () => {}

  const count = (line: string) => {
    const operations = operationsOf([JSON.parse(line) as SyncLine])
    for (const { op_id: id } of operations) passed.set(id, (passed.get(id) ?? 0) + 1)
    if (operations.length > 0) listener(passed.size)
  }
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming
    const passOn = async () => {
      const upstream = request(new URL(url, await target()), { method, headers }, (answer) =>
        pass(answer, outgoing, url === '/sync/stream' ? count : undefined),
      )
      upstream.on('error', () => outgoing.destroy())
      outgoing.on('close', () => upstream.destroy())
      incoming.pipe(upstream)
    }
    passOn().catch((error: Error) => outgoing.destroy(error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    passed,
    onPage(next) {
      listener = next
    },
  }
}

/** Passes on whole lines as they come, so that what has been counted has also been sent. */
function pass(
  answer: IncomingMessage,
  outgoing: ServerResponse,
  count: ((line: string) => void) | undefined,
): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
  outgoing.flushHeaders()
  if (count === undefined) {
    answer.pipe(outgoing)
    return
  }
  let rest = ''
  answer.setEncoding('utf8')
  answer.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!outgoing.write(`${line}\n`)) answer.pause()
      count(line)
    }
  })
  outgoing.on('drain', () => answer.resume())
  // Also when the backend has broken off: a client keeps what has come only if its stream ends in good order.
  answer.on('close', () => outgoing.end())
}
