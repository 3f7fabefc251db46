/**
 * A backend for uploads over real HTTP, which answers as a test says: it applies operations once for each key, and may drop
 * the connection before or after.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** As `uploadWithFetch` sends it. */
export interface SentUpload {
  readonly transactions: readonly {
    readonly key: string
    readonly operations: readonly SentOperation[]
  }[]
}

export interface SentOperation {
  readonly op: string
  readonly table: string
  readonly id: string
  readonly data?: Record<string, unknown>
  readonly metadata?: string
}

/** How a request is answered. */
export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: unknown
  /** Breaks the connection instead of answering; after it was applied if the status is a success. */
  readonly drop?: boolean
}

export interface Received {
  readonly upload: SentUpload
  readonly headers: IncomingMessage['headers']
  /** Counted from 1. */
  readonly number: number
}

export type Answers = (received: Received) => Answer | undefined | Promise<Answer | undefined>

export class UploadServer {
  /** What was applied, in order: `PUT todos a`. */
  readonly applied: string[] = []
  /** All requests that came whole. */
  readonly requests: Received[] = []
  /** What answers; success if it says nothing. */
  answer: Answers = () => undefined
  readonly #keys = new Set<string>()
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy())
  })
  #port = 0

  get url(): string {
    return `http://127.0.0.1:${this.#port}/upload`
  }

  async start(): Promise<void> {
    await new Promise<void>((listening) => this.#server.listen(this.#port, '127.0.0.1', listening))
    this.#port = (this.#server.address() as AddressInfo).port
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.closeAllConnections()
    await new Promise<void>((closed) => this.#server.close(() => closed()))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const upload = JSON.parse(Buffer.concat(chunks).toString()) as SentUpload
    const received = { upload, headers: request.headers, number: this.requests.length + 1 }
    this.requests.push(received)
    const {
      status = 200,
      headers = {},
      body = {},
      drop = false,
    } = (await this.answer(received)) ?? {}
    if (status < 300) this.#apply(upload, refusedOf(body))
    if (drop) {
      response.destroy()
      return
    }
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(body))
  }

  #apply({ transactions }: SentUpload, refused: ReadonlySet<number>): void {
    let number = 0
    for (const { key, operations } of transactions) {
      const isNew = !this.#keys.has(key)
      this.#keys.add(key)
      for (const { op, table, id } of operations)
        if (!refused.has(number++) && isNew) this.applied.push(`${op} ${table} ${id}`)
    }
  }
}

function refusedOf(body: unknown): ReadonlySet<number> {
  const { refused = [] } = body as { refused?: { operation: number }[] }
  return new Set(refused.map(({ operation }) => operation))
}

export async function startUploadServer(answer?: Answers): Promise<UploadServer> {
  const server = new UploadServer()
  if (answer !== undefined) server.answer = answer
  await server.start()
  onTestFinished(() => server.stop())
  return server
}
