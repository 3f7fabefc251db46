/**
 * The connector: takes what waits in the upload queue to the app's `upload`, one transaction after the other in their order,
 * until none is left. Whatever happens in between, an operation is in the queue, or stored as refused, or the server has it.
 */
import {
  type CrudEntry,
  type CrudTransaction,
  type PowerSyncBackendConnector,
  type PowerSyncCredentials,
  UpdateType,
} from '@powersync/common'
import { isRowsignalError } from '../errors.ts'
import { onConnected, whileConnected } from '../libraries/connection.ts'
import type { Database } from '../libraries/powersync.ts'
import { type BackOff, delay, isLostConnection, retryDelayMs } from './back-off.ts'
import { KeptOperations, rowOf } from './keep-refused.ts'
import { isRefusal, type RefusedOperation, refusedOperations } from './refuse.ts'
import { refusedTableOf } from './tables.ts'
import { type Uploads, uploadStateOf } from './upload-state.ts'

/** A transaction of the queue. */
export interface UploadTransaction {
  /**
   * The same whenever this transaction is sent, after a restart too, and no other transaction has it, of this device or
   * another one: by it a backend knows what it has done already. `<client id>/<number>`, a number that grows.
   */
  readonly key: string
  /** In the order in which they were written. */
  readonly operations: readonly CrudEntry[]
}

/** What `upload` is to take to the server. */
export interface Upload {
  /** Of what is sent together. Of one transaction, its `key`. */
  readonly key: string
  /** Of all `transactions`, in their order. */
  readonly operations: readonly CrudEntry[]
  /** One, or up to `maxTransactions`. */
  readonly transactions: readonly UploadTransaction[]
  /** Aborts when the database is disconnected or closed, which waits for `upload` to end. */
  readonly signal: AbortSignal
  /** Those that the sync uses. `refresh` asks `fetchCredentials` for others first. */
  readonly credentials: (options?: {
    readonly refresh: boolean
  }) => Promise<PowerSyncCredentials | null>
}

/** How to reach the backend. */
export interface ConnectorOptions {
  /** As PowerSync asks for them: a fresh token, or null when nobody is signed in. */
  readonly fetchCredentials: () => Promise<PowerSyncCredentials | null>
  /**
   * Takes operations to the server. When it resolves the server has them all; `throw refuse(…)` says that it will never take
   * some or all of them; after any other error they stay in the queue and are sent again.
   */
  readonly upload: (upload: Upload) => Promise<unknown>
  /**
   * How many transactions `upload` is given at once, at most. Default: 1. With more a refusal has to name its operations: one
   * that does not has each transaction sent by itself.
   */
  readonly maxTransactions?: number | undefined
  readonly backOff?: BackOff | undefined
  /** Of the SDK's checkpoint mode `requests`. */
  readonly postCheckpointRequest?: PowerSyncBackendConnector['postCheckpointRequest']
}

/**
 * A connector for `database.connect` that loses no write and lets none block the others.
 *
 * It sends the queue in its order, and tries again what failed. What the server refuses is kept for `refused(database)`.
 * `outbox(database)` says how uploading goes. The SDK's `retryDelayMs` is not used, and its `uploadError` stays empty. The
 * schema needs `...rowsignalTables`.
 *
 * @example
 * const connector = createConnector({
 *   fetchCredentials: () => api.signIn(),
 *   upload: uploadWithFetch('/api/upload'),
 * })
 * await database.connect(connector)
 */
export function createConnector(options: ConnectorOptions): PowerSyncBackendConnector {
  let last: PowerSyncCredentials | null = null
  const fetchCredentials = async (): Promise<PowerSyncCredentials | null> => {
    last = await options.fetchCredentials()
    return last
  }
  const credentials: Upload['credentials'] = async ({ refresh } = { refresh: false }) => {
    const isStale = last?.expiresAt !== undefined && last.expiresAt.getTime() <= Date.now()
    return last === null || refresh || isStale ? fetchCredentials() : last
  }
  const { postCheckpointRequest } = options
  return {
    fetchCredentials,
    uploadData: (database) => uploadQueue(database, { ...options, credentials }),
    ...(postCheckpointRequest === undefined ? {} : { postCheckpointRequest }),
  }
}

type QueueOptions = ConnectorOptions & Pick<Upload, 'credentials'>

/** Sends until the queue is empty or the connection ends. @throws {RowsignalError} `refused-table-missing` */
async function uploadQueue(database: Database, options: QueueOptions): Promise<void> {
  const uploads = uploadStateOf(database)
  const connection = whileConnected(database)
  const { signal } = connection
  const { maxTransactions = 1 } = options
  let limit = maxTransactions
  /** How many transactions the limit is for; the next ones may fit as before. */
  let limited = 0
  let attempts = 0
  try {
    assertTable(database, uploads)
    while (!signal.aborted) {
      try {
        const found = await readTransactions(database, limit)
        if (found.length === 0) break
        uploads.set({ uploading: true, nextRetryAt: undefined })
        await sendTransactions(found, { database, signal, ...options })
        uploads.set({ attempts: 0, error: undefined })
        attempts = 0
        limited -= found.length
        if (limited <= 0) limit = maxTransactions
      } catch (error) {
        if (signal.aborted) break
        if (error instanceof SplitError) {
          limit = error.limit
          limited = error.transactions
          continue
        }
        const ms = retryDelayMs(error, ++attempts, options.backOff)
        const nextRetryAt = ms > 0 ? new Date(Date.now() + ms) : undefined
        uploads.set({ uploading: false, attempts, error: asError(error), nextRetryAt })
        if (ms > 0) await untilRetry(database, { ms, error, signal })
        uploads.set({ nextRetryAt: undefined })
      }
    }
    uploads.rest()
  } finally {
    connection.stop()
  }
}

/** Who lacks the table has to hear of it before anything is refused. The SDK asks again, and logs the error. */
function assertTable(database: Database, uploads: Uploads): void {
  try {
    refusedTableOf(database)
  } catch (error) {
    uploads.set({ uploading: false, error: asError(error) })
    throw error
  }
}

/**
 * The next transactions, up to the limit. One that changes a row whose insert is among them waits for the answer to that: if it
 * is refused, the change goes with it.
 */
async function readTransactions(database: Database, limit: number): Promise<CrudTransaction[]> {
  const found: CrudTransaction[] = []
  const inserted = new Set<string>()
  for await (const transaction of database.getCrudTransactions()) {
    const { crud } = transaction
    if (crud.some((entry) => entry.op !== UpdateType.PUT && inserted.has(rowOf(entry)))) break
    found.push(transaction)
    if (found.length >= limit) break
    for (const entry of crud) if (entry.op === UpdateType.PUT) inserted.add(rowOf(entry))
  }
  return found
}

/** What was sent together has to be sent again in less. */
class SplitError extends Error {
  readonly limit: number
  /** How many there were. */
  readonly transactions: number

  constructor(limit: number, transactions: number, cause: unknown) {
    super('outbox: to be sent in less', { cause })
    this.limit = limit
    this.transactions = transactions
  }
}

interface Sending extends QueueOptions {
  readonly database: Database
  readonly signal: AbortSignal
}

/** Sends transactions, stores what was refused of them, and takes them out of the queue, in this order. */
async function sendTransactions(
  found: readonly CrudTransaction[],
  sending: Sending,
): Promise<void> {
  const { database } = sending
  const table = refusedTableOf(database)
  const operations = found.flatMap(({ crud }) => crud)
  const kept = await KeptOperations.settle({ database, table, operations })
  const { client, toSend } = kept
  const sent = new Set(toSend)
  const transactions = found
    .map((transaction) => ({
      key: `${client}/${numberOf(transaction)}`,
      operations: transaction.crud.filter((entry) => sent.has(entry)),
    }))
    .filter((transaction) => transaction.operations.length > 0)
  const refused = transactions.length > 0 ? await sendOnce(transactions, sending) : []
  await kept.store(refused)
  await found.at(-1)?.complete()
}

/** Returns what was refused. */
async function sendOnce(
  transactions: readonly UploadTransaction[],
  { signal, credentials, upload }: Sending,
): Promise<readonly RefusedOperation[]> {
  const operations = transactions.flatMap((transaction) => transaction.operations)
  try {
    await upload({ key: keyOf(transactions), operations, transactions, signal, credentials })
    return []
  } catch (error) {
    const count = transactions.length
    if (isRowsignalError(error, 'upload-too-large') && count > 1)
      throw new SplitError(Math.ceil(count / 2), count, error)
    if (!isRefusal(error)) throw error
    if (count > 1 && error.options.ops === undefined) throw new SplitError(1, count, error)
    return refusedOperations(error, operations)
  }
}

/**
 * The number of the transaction, and not of its operations: some of them may leave the queue before it is sent. An operation
 * that was put into the queue past PowerSync has no transaction.
 */
function numberOf({ transactionId, crud }: CrudTransaction): string {
  return transactionId == null ? `op${crud[0]?.clientId}` : `${transactionId}`
}

function keyOf(transactions: readonly UploadTransaction[]): string {
  const [first, ...more] = transactions.map(({ key }) => key)
  const last = more.at(-1)
  return last === undefined ? `${first}` : `${first}-${last.slice(last.lastIndexOf('/') + 1)}`
}

/** Waits until it is time, or somebody asks for it, or the connection is back or ends. */
async function untilRetry(
  database: Database,
  { ms, error, signal }: { ms: number; error: unknown; signal: AbortSignal },
): Promise<void> {
  const ending = new AbortController()
  const end = (): void => ending.abort()
  const stops = [uploadStateOf(database).onRetryNow(end)]
  signal.addEventListener('abort', end, { once: true, signal: ending.signal })
  if (isLostConnection(error)) {
    stops.push(onConnected(database, end))
    // Not in Node, nor in workers of some age.
    globalThis.addEventListener?.('online', end, { signal: ending.signal })
  }
  try {
    await delay(ms, ending.signal)
  } finally {
    ending.abort()
    for (const stop of stops) stop()
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
