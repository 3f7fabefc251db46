/** Signing out: disconnects, and clears the database, but never a write that the user did not give up. */
import type { LockContext } from '@powersync/common'
import { ours } from '../libraries/lock-holders.ts'
import { RowsignalError } from '../errors.ts'
import { endError, onEnd } from '../libraries/ending.ts'
import type { Database } from '../libraries/powersync.ts'
import { onQueueChange } from '../libraries/powersync-queue.ts'
import { selectPending } from '../libraries/refused-sql.ts'
import { tellSignOut } from '../libraries/sign-outs.ts'
import { findRefusedTable } from './tables.ts'

/** What is to become of writes that the server does not have. */
export interface SignOutOptions {
  /**
   * - `wait`: until all are uploaded, then the database is cleared. If there are refused ones, or `signal` aborts, it rejects
   *   and nothing is cleared.
   * - `keep`: the database is disconnected and keeps all it has, for the same user to sign in again. For a database of each
   *   user.
   * - `discard`: the database is cleared, and they with it.
   */
  readonly pending: 'wait' | 'keep' | 'discard'
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
}

/** The writes that the server did not have. */
export interface SignedOut {
  /** Operations that waited in the upload queue. */
  readonly waiting: number
  /** Operations that the server had refused. */
  readonly refused: number
  /** Whether rows, and these writes with them, were cleared. */
  readonly cleared: boolean
}

/**
 * Signs the user out of a database: disconnects it, and clears it unless its writes are to be kept.
 *
 * Shape: resolves with the writes that the server did not have, which `keep` has kept and `discard` has dropped; of `wait` there
 * are none. Ask `pendingWrites` before, to tell the user.
 *
 * @throws {RowsignalError} rejects with `writes-pending` when it was to wait and there are refused writes, or some were made
 * while it signed out; the second leaves the database disconnected. Rejects with the reason of `signal`, with the database as it
 * was.
 * @example
 * const { waiting, refused } = await pendingWrites(database)
 * if (waiting + refused === 0 || confirm(`${waiting + refused} changes are not on the server. Drop them?`))
 *   await signOut(database, { pending: 'discard' })
 */
export async function signOut(
  database: Database,
  { pending, signal }: SignOutOptions,
): Promise<SignedOut> {
  if (pending === 'wait') await untilUploaded(database, signal)
  await tellSignOut(database)
  await database.disconnect()
  const counts = await pendingWrites(database)
  if (pending === 'wait') assertNone(counts)
  if (pending !== 'keep') await database.disconnectAndClear()
  return { ...counts, cleared: pending !== 'keep' }
}

/** How many writes the server does not have: those that wait in the upload queue, and those that it has refused. */
export async function pendingWrites(
  database: Database,
): Promise<Pick<SignedOut, 'waiting' | 'refused'>> {
  const refused = findRefusedTable(database)?.viewName
  // By the writing connection, behind the writes that have been asked for.
  const count = (lock: LockContext): ReturnType<typeof pendingWrites> =>
    lock.get(selectPending(refused))
  return database.writeLock(ours('a count of the writes that wait', count))
}

/** Rejects when writes have been refused: no waiting uploads them. */
function untilUploaded(database: Database, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      stopQueue()
      stopClosing()
      signal?.removeEventListener('abort', abort)
    }
    const abort = (): void => {
      end()
      reject(signal?.reason as Error)
    }
    const look = async (): Promise<void> => {
      const counts = await pendingWrites(database)
      if (counts.waiting > 0 && counts.refused === 0) return
      end()
      assertNone({ ...counts, waiting: 0 })
      resolve()
    }
    const fail = (error: unknown): void => {
      end()
      reject(error)
    }
    const stopQueue = onQueueChange(database, (change) => {
      if (change === 'operations') look().catch(fail)
    })
    const stopClosing = onEnd(database, () => fail(closed(database)))
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    else look().catch(fail)
  })
}

function assertNone({ waiting, refused }: Pick<SignedOut, 'waiting' | 'refused'>): void {
  if (waiting + refused === 0) return
  throw new RowsignalError(
    'writes-pending',
    refused > 0
      ? `outbox: the server has refused ${refused} operations, which no waiting uploads. Retry or discard them by \`refused(database)\`, or sign out with \`pending: 'discard'\` or 'keep'.`
      : `outbox: ${waiting} operations were written while the user was signed out, and are not uploaded. Connect and sign out again, or with \`pending: 'discard'\`.`,
  )
}

function closed(database: Database): RowsignalError {
  return endError(
    database,
    'outbox: the database was closed while signing out waited for its writes to be uploaded. They are in it still.',
  )
}
