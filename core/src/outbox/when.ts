/**
 * Promises of writes: in SQLite, taken by the backend, and come back in a checkpoint. A write is known by its operations in
 * the upload queue, for two writes of a row share one entry of what waits for a checkpoint, and insert-only rows have none.
 */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type { PendingMutation } from '@tanstack/db'
import { RowsignalError } from '../errors.ts'
import { withdrawnOf } from './withdrawn.ts'
import { endError } from '../libraries/ending.ts'
import { isServerDatabase } from '../libraries/powersync.ts'
import { readQueueState } from '../libraries/powersync-queue.ts'
import { readAfterWrites } from '../write/own-write.ts'
import { followQueuedWrites, queuedWriteOf } from '../write/queued-writes.ts'
import { targetOf } from '../write/write-target.ts'
import { type Queue, queueOf } from './queue.ts'
import { readRefused } from './refused-rows.ts'

/** What `insert`, `update`, `delete`, `transact` and `createTransaction` return. */
export interface WriteTransaction {
  readonly isPersisted: { readonly promise: Promise<unknown> }
  readonly mutations: readonly PendingMutation[]
}

/** One write, or with a database every write until now, also of other tabs. */
export type Written = WriteTransaction | CommonPowerSyncDatabase

export interface WhenOptions {
  /** Ends the waiting: the promise rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

/** Operations of the upload queue, from the first to the last. */
interface Operations {
  readonly database: CommonPowerSyncDatabase
  readonly first: number
  readonly last: number
  readonly era: string
}

/**
 * Resolves when SQLite has the write: it outlives the page, and is in the upload queue.
 *
 * @throws {RowsignalError} rejects with what the write has failed with; with a database also `database-closed`,
 * `server-database`.
 */
export async function whenPersisted(of: Written, { signal }: WhenOptions = {}): Promise<void> {
  await unlessAborted(operationsOf(of), signal)
}

/**
 * Resolves when the backend has taken the write, so that it is in the upload queue no more.
 *
 * With a connector of `createConnector` that is when `upload` has returned; with any other when it has called `complete`.
 *
 * @throws {RowsignalError} rejects as `whenPersisted`; with `upload-refused` when the backend has refused it or a part of it;
 * `cleared` when the database was cleared before; `database-closed`; `unsupported-powersync`.
 */
export async function whenUploaded(of: Written, { signal }: WhenOptions = {}): Promise<void> {
  const operations = await unlessAborted(operationsOf(of), signal)
  for (const part of operations) await uploaded(part, signal)
}

/**
 * Resolves when a checkpoint that holds the write has been applied here: what the collections show is what the server has.
 *
 * PowerSync applies none while anything waits in the queue, and only whole ones: a large download, or a newer write, holds
 * the acknowledgement.
 *
 * @throws {RowsignalError} rejects as `whenUploaded`.
 * @example
 * await whenAcknowledged(todos.insert(todo), { signal: AbortSignal.timeout(10_000) })
 */
export async function whenAcknowledged(of: Written, { signal }: WhenOptions = {}): Promise<void> {
  const operations = await unlessAborted(operationsOf(of), signal)
  for (const part of operations) {
    await uploaded(part, signal)
    await untilQueue(part, signal, ({ rows }) => rows.acknowledged >= part.last)
  }
}

/** Resolves when SQLite has the write, with its operations in the queue. */
async function operationsOf(of: Written): Promise<readonly Operations[]> {
  if (!('isPersisted' in of)) return [await operationsUntilNow(of)]
  for (const database of databasesOf(of)) followQueuedWrites(database)
  await of.isPersisted.promise
  const writes = new Set(of.mutations.map(queuedWriteOf))
  const operations = [...writes].flatMap((write) => {
    if (write === undefined || write.last === write.before.last) return []
    const { database, before, last } = write
    return [{ database, first: before.last + 1, last, era: before.era }]
  })
  if (!writes.has(undefined)) return operations
  // Of a write that was made before anybody asked it is only known that it is not newer than what waits now.
  const all = [...databasesOf(of)].map((database) => operationsUntilNow(database))
  return [...operations, ...(await Promise.all(all))]
}

function databasesOf({ mutations }: WriteTransaction): Set<CommonPowerSyncDatabase> {
  return new Set(mutations.map(({ collection }) => targetOf(collection).database))
}

async function operationsUntilNow(database: CommonPowerSyncDatabase): Promise<Operations> {
  if (isServerDatabase(database)) {
    throw new RowsignalError(
      'server-database',
      'outbox: on a server the database of @powersync/web keeps nothing, so no write is ever uploaded from it. Ask in the browser only.',
    )
  }
  const { first, last, era } = await readAfterWrites(database, readQueueState)
  return { database, first: first ?? last + 1, last, era }
}

async function uploaded(operations: Operations, signal: AbortSignal | undefined): Promise<void> {
  const { database, first, last } = operations
  await untilQueue(
    operations,
    signal,
    ({ state, rows }) => (state?.last ?? -1) >= last && !rows.isWaiting(first, last),
  )
  for (const id of withdrawnOf(database)) {
    if (id < first || id > last) continue
    throw new RowsignalError(
      'upload-refused',
      'outbox: the write waited behind an insert that the backend has refused, and went with it when that was retried or discarded.',
    )
  }
  const [refused] = await unlessAborted(readRefused(database, first, last), signal)
  if (refused === undefined) return
  throw new RowsignalError(
    'upload-refused',
    `outbox: the backend refused the ${refused.operation} of \`${refused.row_id}\` in table \`${refused.table_name}\`: ` +
      `${refused.reason}. It is kept by \`refused(database)\`, to be tried again or discarded.`,
  )
}

/** Resolves when the queue is as wanted; asked at once if it is followed, and after each reading. */
function untilQueue(
  { database, era }: Operations,
  signal: AbortSignal | undefined,
  isReached: (queue: Queue) => boolean,
): Promise<void> {
  const queue = queueOf(database)
  const leave = queue.use()
  let stop = (): void => undefined
  const reached = new Promise<void>((resolve, reject) => {
    const check = (): void => {
      if (queue.error !== undefined) reject(queue.error)
      else if (queue.isClosing) reject(closed(database))
      else if (queue.state === undefined) return
      else if (queue.state.era !== era) reject(cleared())
      else if (isReached(queue)) resolve()
    }
    stop = queue.listen(check)
    if (queue.error === undefined) check()
    else queue.retry() // what is wrong now may be over
  })
  return unlessAborted(reached, signal).finally(() => {
    stop()
    leave()
  })
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  let abort = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort)
  })
  try {
    return await Promise.race([aborted, work])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function closed(database: CommonPowerSyncDatabase): RowsignalError {
  return endError(
    database,
    'outbox: the database was closed before the write had arrived. It is uploaded when it is opened again; ask anew then.',
  )
}

function cleared(): RowsignalError {
  return new RowsignalError(
    'cleared',
    'outbox: the database was cleared before the write had arrived, so it was dropped, or nothing tells what became of it. ' +
      'Wait by `whenUploaded(database)` before a clear, or sign out by `signOut`.',
  )
}
