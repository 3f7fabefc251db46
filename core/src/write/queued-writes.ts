/**
 * Which operations of the upload queue a write of ours has become, read in its own transaction: only of databases for which
 * somebody has asked, as each write then reads the state of the queue before and after.
 */
import type { LockContext } from '@powersync/common'
import type { PendingMutation } from '@tanstack/db'
import type { Database } from '../libraries/powersync.ts'
import { type QueueState, readQueueState } from '../libraries/powersync-queue.ts'
import { attempt } from '../errors.ts'
import { perObject } from '../readable/per-object.ts'
import type { Stop } from '../readable/readable.ts'

/** A write of ours that SQLite has, and its operations in the queue: those from `before.last + 1` to `last`. */
export interface QueuedWrite {
  readonly database: Database
  readonly mutations: readonly PendingMutation[]
  /** The queue before it. */
  readonly before: QueueState
  readonly last: number
}

type Listener = (write: QueuedWrite) => void

const written = new WeakMap<PendingMutation, QueuedWrite>()
const listenersOf = perObject((_database: Database) => new Set<Listener>())
const asked = new WeakSet<Database>()

/** Has every write from now on be told by `queuedWriteOf`. */
export function followQueuedWrites(database: Database): void {
  asked.add(database)
}

/** Calls `listener` after the COMMIT of each write, before its optimistic rows are dropped. */
export function onQueuedWrite(database: Database, listener: Listener): Stop {
  followQueuedWrites(database)
  const listeners = listenersOf(database)
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** The write that a mutation was part of, once SQLite has it; undefined if nobody had asked before. */
export function queuedWriteOf(mutation: PendingMutation): QueuedWrite | undefined {
  return written.get(mutation)
}

/** Runs the statements of a write, and reads what they put into the queue if somebody has asked. */
export async function runQueued(
  lock: LockContext,
  { database, mutations }: Pick<QueuedWrite, 'database' | 'mutations'>,
  run: () => Promise<void>,
): Promise<QueuedWrite | undefined> {
  if (!asked.has(database)) {
    await run()
    return undefined
  }
  const before = await readQueueState(lock)
  await run()
  const { last } = await readQueueState(lock)
  return { database, mutations, before, last }
}

/** Tells of a write that was committed. */
export function tellQueued(write: QueuedWrite | undefined): void {
  if (write === undefined) return
  for (const mutation of write.mutations) written.set(mutation, write)
  for (const listener of listenersOf(write.database)) attempt(() => listener(write))
}
