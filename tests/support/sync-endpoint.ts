/**
 * A sync endpoint that speaks PowerSync's protocol over real HTTP: one bucket, to which a test adds operations and to
 * which the client's uploads are added; and which breaks when it is told to.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CrudEntry, PowerSyncBackendConnector } from '@powersync/common'

/** What the server does to one row; `data: null` removes it. */
export interface ServerChange {
  readonly type: string
  readonly id: string
  readonly data: Record<string, unknown> | null
}

/** An entry of the client's upload queue as it was uploaded. */
export interface UploadedEntry {
  /** Its number in the queue: what is sent again, because the answer was lost, is known by it. */
  readonly clientId?: number
  /** Whose queue that is: a device that begins anew is another one. */
  readonly client?: string
  readonly op: string
  readonly type: string
  readonly id: string
  readonly data?: Record<string, unknown> | undefined
}

interface Operation {
  readonly op_id: string
  readonly op: 'PUT' | 'REMOVE'
  readonly object_type: string
  readonly object_id: string
  readonly data: string | null
  readonly checksum: number
  readonly subkey: string
}

interface CheckpointRequest {
  readonly client_id: string
  readonly checkpoint_request_id: string
}

interface StreamRequest {
  readonly client_id: string
  readonly buckets?: readonly { readonly name: string; readonly after: string }[]
}

/** One open stream of a client. */
interface Connection {
  readonly response: ServerResponse
  readonly clientId: string
  /** The last operation that was sent. */
  after: number
  /** Whether a whole checkpoint has been sent, so that the next one is told as a difference. */
  begun: boolean
  sentWriteCheckpoint: number | undefined
}

const bucket = 'all'

export class SyncEndpoint {
  /** All entries that were uploaded and accepted, in order. */
  readonly uploaded: UploadedEntry[] = []
  /** Those that were not taken, since one with their number was: it is sent again when its answer was lost. */
  readonly repeated: UploadedEntry[] = []
  /** `type/id` -> what the server holds. */
  readonly rows = new Map<string, Record<string, unknown>>()
  readonly #operations: Operation[] = []
  readonly #connections = new Set<Connection>()
  readonly #writeCheckpoints = new Map<string, number>()
  #server: Server | undefined
  #port = 0
  #corruptions = 0
  #cuts = 0
  #refusals = 0
  #checkpointRefusals = 0
  /** Uploads that wait to be answered, while they are held. */
  #uploadsHeld: (() => void)[] | undefined
  /** What was uploaded since replication is held, and the write checkpoints that the streams tell meanwhile. */
  #replicationHeld:
    | { readonly changes: ServerChange[]; readonly told: Map<string, number> }
    | undefined

  /** Listens; after `stop` again at the same port. */
  async start(): Promise<void> {
    if (this.#server !== undefined) return
    const server = createServer((request, response) => {
      this.#answer(request, response).catch(() => response.destroy())
    })
    await new Promise<void>((listening) => server.listen(this.#port, '127.0.0.1', listening))
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
  }

  /** Breaks all connections and listens no more. */
  async stop(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    server.closeAllConnections()
    await new Promise<void>((closed) => server.close(() => closed()))
  }

  /** The connector of a client: uploads one transaction of the queue after the other. */
  connector(): PowerSyncBackendConnector {
    return {
      fetchCredentials: () => Promise.resolve({ endpoint: this.url, token: 'token' }),
      uploadData: async (database) => {
        for (;;) {
          const transaction = await database.getNextCrudTransaction()
          if (!transaction) return
          const entries = transaction.crud.map(uploadedEntry)
          const response = await fetch(`${this.url}/upload`, {
            method: 'POST',
            body: JSON.stringify(entries),
          })
          if (!response.ok) throw new Error(`the upload was answered with ${response.status}`)
          await transaction.complete()
        }
      },
    }
  }

  /** Changes rows on the server, in one checkpoint. */
  change(...changes: readonly ServerChange[]): void {
    for (const change of changes) this.#append(change)
    this.#sendAll()
  }

  /** The next checkpoint has a checksum that does not fit. */
  corruptNext(): void {
    this.#corruptions = 1
  }

  /** The next line with data ends in its middle, and the connection with it. */
  cutNext(): void {
    this.#cuts = 1
  }

  /** The next uploads are answered with 503. */
  refuseUploads(times: number): void {
    this.#refusals = times
  }

  /** The next requests of a write checkpoint are answered with 503. */
  refuseCheckpoints(times: number): void {
    this.#checkpointRefusals = times
  }

  /** Ends all open streams. */
  disconnectClients(): void {
    for (const { response } of this.#connections) response.destroy()
  }

  /** Uploads are not answered until they are released. */
  holdUploads(): void {
    this.#uploadsHeld ??= []
  }

  /** Answers the upload that waits longest; those behind it wait on. */
  releaseUpload(): void {
    this.#uploadsHeld?.shift()?.()
  }

  releaseUploads(): void {
    const held = this.#uploadsHeld ?? []
    this.#uploadsHeld = undefined
    for (const release of held) release()
  }

  /** How many uploads wait to be answered. */
  get heldUploads(): number {
    return this.#uploadsHeld?.length ?? 0
  }

  /** What is uploaded is taken, and reaches no checkpoint until replication is released. What `change` does, does. */
  holdReplication(): void {
    this.#replicationHeld ??= { changes: [], told: new Map(this.#writeCheckpoints) }
  }

  releaseReplication(): void {
    const { changes = [] } = this.#replicationHeld ?? {}
    this.#replicationHeld = undefined
    this.change(...changes)
  }

  /** Takes back what was to go wrong and has not yet. */
  mend(): void {
    this.releaseUploads()
    this.releaseReplication()
    this.#corruptions = 0
    this.#cuts = 0
    this.#refusals = 0
    this.#checkpointRefusals = 0
  }

  /** Where it listens. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const url = new URL(request.url ?? '/', this.url)
    if (url.pathname === '/sync/stream') return this.#stream(body as StreamRequest, response)
    if (url.pathname === '/upload') {
      const held = this.#uploadsHeld
      if (held !== undefined) await new Promise<void>((release) => held.push(release))
      return this.#upload(body as UploadedEntry[], response)
    }
    if (url.pathname === '/sync/checkpoint-request') {
      const { client_id, checkpoint_request_id } = body as CheckpointRequest
      const id = this.#nextCheckpoint(client_id, Number(checkpoint_request_id))
      return this.#answerCheckpoint(response, { checkpoint_request_id: id })
    }
    if (url.pathname === '/write-checkpoint2.json') {
      const id = this.#nextCheckpoint(url.searchParams.get('client_id') ?? '')
      return this.#answerCheckpoint(response, { write_checkpoint: id })
    }
    response.writeHead(404).end()
  }

  #nextCheckpoint(clientId: string, wanted = 0): string {
    const before = this.#writeCheckpoints.get(clientId) ?? 0
    const next = wanted === 0 ? before + 1 : Math.max(before, wanted)
    if (this.#checkpointRefusals === 0) this.#writeCheckpoints.set(clientId, next)
    return String(next)
  }

  #answerCheckpoint(response: ServerResponse, data: object): void {
    if (this.#checkpointRefusals > 0) {
      this.#checkpointRefusals--
      response.writeHead(503).end()
      return
    }
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ data }))
    this.#sendAll()
  }

  #upload(entries: readonly UploadedEntry[], response: ServerResponse): void {
    if (this.#refusals > 0) {
      this.#refusals--
      response.writeHead(503).end()
      return
    }
    for (const entry of entries) {
      const last = this.uploaded.findLast(({ client }) => client === entry.client)?.clientId ?? 0
      if (entry.clientId !== undefined && entry.clientId <= last) {
        this.repeated.push(entry)
        continue
      }
      this.uploaded.push(entry)
      const change = { type: entry.type, id: entry.id, data: this.#afterUpload(entry) }
      if (this.#replicationHeld === undefined) this.#append(change)
      else this.#replicationHeld.changes.push(change)
    }
    response.writeHead(200).end()
    this.#sendAll()
  }

  #afterUpload({ op, type, id, data }: UploadedEntry): Record<string, unknown> | null {
    if (op === 'DELETE') return null
    const before = this.rows.get(`${type}/${id}`)
    if (op === 'PATCH') return before === undefined ? null : { ...before, ...data }
    return { ...data }
  }

  #append({ type, id, data }: ServerChange): void {
    const row = `${type}/${id}`
    if (data === null) this.rows.delete(row)
    else this.rows.set(row, data)
    const json = data === null ? null : JSON.stringify(data)
    this.#operations.push({
      op_id: String(this.#operations.length + 1),
      op: json === null ? 'REMOVE' : 'PUT',
      object_type: type,
      object_id: id,
      data: json,
      checksum: checksumOf(json === null ? `delete.${row}` : `put.${type}.${id}.${json}`),
      subkey: bucket,
    })
  }

  #stream(request: StreamRequest, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    const after = request.buckets?.find(({ name }) => name === bucket)?.after ?? '0'
    const connection: Connection = {
      response,
      clientId: request.client_id,
      after: Number(after),
      begun: false,
      sentWriteCheckpoint: undefined,
    }
    this.#connections.add(connection)
    response.on('close', () => this.#connections.delete(connection))
    this.#send(connection)
  }

  #sendAll(): void {
    for (const connection of this.#connections) this.#send(connection)
  }

  #send(connection: Connection): void {
    const { response, clientId, after } = connection
    const send = (line: object): void => void response.write(`${JSON.stringify(line)}\n`)
    const data = this.#operations.slice(after)
    const writeCheckpoint = this.#toldCheckpoint(clientId)
    const isNews = data.length > 0 || writeCheckpoint !== connection.sentWriteCheckpoint
    if (connection.begun && !isNews) return
    const last_op_id = String(this.#operations.length)
    send(this.#checkpoint(connection, last_op_id))
    connection.begun = true
    connection.sentWriteCheckpoint = writeCheckpoint
    if (data.length > 0) {
      const page = {
        bucket,
        has_more: false,
        after: String(after),
        next_after: last_op_id,
        data,
      }
      if (this.#cuts > 0) {
        this.#cuts--
        const line = JSON.stringify({ data: page })
        response.write(line.slice(0, line.length / 2), () => response.destroy())
        return
      }
      send({ data: page })
      connection.after = this.#operations.length
    }
    send({ checkpoint_complete: { last_op_id } })
  }

  /** The write checkpoint that the streams of a client tell. */
  #toldCheckpoint(clientId: string): number | undefined {
    return (this.#replicationHeld?.told ?? this.#writeCheckpoints).get(clientId)
  }

  #checkpoint({ begun, clientId }: Connection, last_op_id: string): object {
    const right = this.#operations.reduce((sum, { checksum }) => (sum + checksum) >>> 0, 0)
    const checksum = this.#corruptions > 0 ? (right + 1) >>> 0 : right
    this.#corruptions = 0
    const writeCheckpoint = this.#toldCheckpoint(clientId)
    const common = {
      last_op_id,
      ...(writeCheckpoint === undefined ? {} : { write_checkpoint: String(writeCheckpoint) }),
    }
    const described = {
      bucket,
      checksum,
      count: this.#operations.length,
      priority: 3,
      subscriptions: [{ default: 0 }],
    }
    if (begun) {
      return { checkpoint_diff: { ...common, updated_buckets: [described], removed_buckets: [] } }
    }
    const streams = [{ name: bucket, is_default: true, errors: [] }]
    return { checkpoint: { ...common, buckets: [described], streams } }
  }
}

function uploadedEntry({ clientId, op, table, id, opData }: CrudEntry): UploadedEntry {
  return { clientId, op, type: table, id, data: opData }
}

/** The protocol's checksum of one operation. */
function checksumOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32LE(0)
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString())
}
