/**
 * A write of ours in SQLite: its statements and the reading of what was recorded in one transaction, and that shown right
 * after the COMMIT: what it changed itself at once, what others changed when its TanStack transaction has settled.
 */
import type { LockContext } from '@powersync/common'
import { isRowsignalError } from '../errors.ts'
import { ours } from '../libraries/lock-holders.ts'
import type { PendingMutation, Transaction } from '@tanstack/db'
import { type Capture, captureOf } from '../capture/capture.ts'
import type { FollowedTable } from '../capture/followed-table.ts'
import type { StoredRows } from '../capture/follower.ts'
import type { Changes, IsOwn, WriteChanges } from '../capture/publish.ts'
import { endError } from '../libraries/ending.ts'
import type { Database } from '../libraries/powersync.ts'
import { type AnyCollection, positionOf } from '../libraries/tanstack.ts'
import { storageFault, whenFree } from '../libraries/storage-faults.ts'
import { perObject } from '../readable/per-object.ts'
import { LockQueue } from './lock-queue.ts'
import { runQueued, tellQueued } from './queued-writes.ts'
import { targetOf } from './write-target.ts'

/** A write that a collection or a transaction asks for. */
export interface OwnWrite {
  readonly transaction: Transaction
  readonly mutations: readonly PendingMutation[]
  /** The tables that it writes. */
  readonly followed: readonly FollowedTable[]
  /** Executes its statements. */
  readonly run: (lock: LockContext) => Promise<void>
}

const queueOf = perObject((_database: Database) => new LockQueue())

/** Resolves with what `read` finds under the write lock, after all writes that were made until now. */
export function readAfterWrites<T>(
  database: Database,
  read: (lock: LockContext) => Promise<T>,
): Promise<T> {
  const request = (): Promise<T> => database.writeLock(ours('a read of the upload queue', read))
  const { untilClosed } = captureOf(database)
  return untilClosed.run(queueOf(database).run(Infinity, () => Promise.resolve(), request))
}

/**
 * Resolves when SQLite has the write and the collections show it.
 *
 * @throws {RowsignalError} `database-closed`, `database-lost`, `storage-full`; what `run` and SQLite throw, also when a trigger could not be made.
 */
export async function writeAndShow(database: Database, write: OwnWrite): Promise<void> {
  const { transaction, mutations, followed, run } = write
  const capture = captureOf(database)
  const { tracking, order, publisher, reader, untilClosed } = capture
  // A write that comes before its trigger would find nothing of its own, and its rows would blink out.
  const ready = (): Promise<void> => tracking.recorded(followed.map(({ table }) => table))
  const what = `a write to ${followed.map(({ table }) => `\`${table.name}\``).join(', ')}`
  let committing = false
  const attemptOnce = (): Promise<void> => {
    const beginning = tracking.beginnings
    return order.run(
      (locked) =>
        database.writeTransaction(
          ours(what, async (lock: LockContext) => {
            const earlier = locked()
            const queued = await runQueued(lock, { database, mutations }, () => run(lock))
            const changes = await tracking.readOwnRecords(lock, earlier)
            if (tracking.beginnings !== beginning)
              await readUnrecorded(lock, capture, { write, changes })
            committing = true
            return { changes, queued }
          }),
        ),
      ({ changes, queued }) => {
        tellQueued(queued)
        publisher.publishOwn(transaction, splitOf(capture, write, changes))
      },
    )
  }
  const request = (): Promise<void> =>
    whenFree(attemptOnce, () => !committing && !untilClosed.closed)
  try {
    await untilClosed.run(queueOf(database).run(positionOf(mutations), ready, request))
  } catch (error) {
    const fault = await storageFault(error)
    // COMMIT may have happened and only its answer be lost, the records with it. Without space it has not.
    if (committing && !isRowsignalError(fault, 'storage-full')) reader.rereadAll()
    if (!untilClosed.closed) throw fault
    throw endError(
      database,
      'write: the database was closed before it answered. Whether the write was stored shows when it is opened again.',
      error,
    )
  }
}

/** What a write found, as its own rows and those that others had changed and nobody had read. */
function splitOf(capture: Capture, write: OwnWrite, changes: Changes): WriteChanges {
  const isOwn = ownRowsOf(write)
  const own = unstoredOf(capture, write)
  const rest: Changes = new Map()
  for (const [follower, rows] of changes) {
    const ownRows: StoredRows = new Map()
    const restRows: StoredRows = new Map()
    for (const [id, data] of rows) (isOwn(follower, id) ? ownRows : restRows).set(id, data)
    if (ownRows.size > 0) own.set(follower, ownRows)
    if (restRows.size > 0) rest.set(follower, restRows)
  }
  return { own, rest, isOwn }
}

/** Adds the write's own rows of tables whose triggers went with a connection that was replaced while it waited. */
async function readUnrecorded(
  lock: LockContext,
  { tracking }: Capture,
  { write, changes }: { write: OwnWrite; changes: Changes },
): Promise<void> {
  for (const { table } of write.followed) {
    const own = write.mutations.filter(({ collection }) => targetOf(collection).table === table)
    const ids = own.map(({ key }) => key as string)
    const rows = await tracking.readUnrecorded(lock, table, ids)
    for (const [follower, stored] of rows) changes.set(follower, stored)
  }
}

function ownRowsOf({ mutations }: OwnWrite): IsOwn {
  const keys = new Map<AnyCollection, Set<unknown>>()
  for (const { collection, key } of mutations) {
    const known = keys.get(collection)
    if (known === undefined) keys.set(collection, new Set([key]))
    else known.add(key)
  }
  return (follower, id) => keys.get(follower.collection)?.has(id) ?? false
}

/**
 * Own rows of which nothing is recorded, so that nothing would end the optimistic ones: those of insert-only tables, which are
 * stored nowhere, and those of a table of which nobody wants a row.
 */
function unstoredOf(capture: Capture, { mutations, followed }: OwnWrite): Changes {
  const changes: Changes = new Map()
  for (const { table } of followed) {
    for (const follower of capture.followersOf(table)) {
      if (!table.insertOnly && follower.state !== 'idle') continue
      const own = mutations.filter(({ collection }) => collection === follower.collection)
      changes.set(follower, new Map(own.map(({ key }) => [key as string, null])))
    }
  }
  return changes
}
