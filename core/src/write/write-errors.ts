/**
 * Writes that did not reach SQLite, for the app to tell the user: whoever made the write may have left the page, and
 * the promise of the write with it.
 */
import type { PendingMutation } from '@tanstack/db'
import { tellDeveloper, watchLockWait } from '../capture/tell-developer.ts'
import { attempt, type RowsignalError } from '../errors.ts'
import { lockHoldersOf } from '../libraries/lock-holders.ts'
import type { Database } from '../libraries/powersync.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable, type Stop } from '../readable/readable.ts'

/** How many errors are kept that nobody has dismissed. */
const keptErrors = 100

/** A write that failed, or that waits. Values are not in it: they may be private. */
export interface WriteError {
  /**
   * What the promise of the write was rejected with: its rows have gone back to what they were. Or `lock-waiting`,
   * `storage-held` or, in IndexedDB, `storage-full`: the write still waits for SQLite, and the error goes away by itself when its
   * turn has come.
   */
  readonly error: unknown
  /** The rows that were to be written, in order. */
  readonly writes: readonly RowWrite[]
  readonly at: Date
  /** Takes it off the list. */
  readonly dismiss: () => void
}

/** One row of a write. */
export interface RowWrite {
  readonly type: 'insert' | 'update' | 'delete'
  /** The id of the collection. */
  readonly collection: string
  readonly key: string
}

class ErrorLog {
  #errors: readonly WriteError[] = []
  readonly #listeners = new Set<() => void>()
  readonly handlers = new Set<(error: WriteError) => void>()
  readonly readable: Readable<readonly WriteError[]> = createReadable({
    get: () => this.#errors,
    start: (changed) => {
      this.#listeners.add(changed)
      return () => this.#listeners.delete(changed)
    },
  })

  add(error: unknown, mutations: readonly PendingMutation[]): WriteError {
    const entry: WriteError = {
      error,
      writes: mutations.map(({ type, collection, key }) => ({
        type,
        collection: collection.id,
        key: String(key),
      })),
      at: new Date(),
      dismiss: () => this.#set(this.#errors.filter((kept) => kept !== entry)),
    }
    this.#set([...this.#errors, entry].slice(-keptErrors))
    for (const handler of this.handlers) attempt(() => handler(entry))
    return entry
  }

  #set(errors: readonly WriteError[]): void {
    if (errors.length === 0 && this.#errors.length === 0) return
    this.#errors = errors
    for (const listener of this.#listeners) listener()
  }
}

const logOf = perObject((_database: Database) => new ErrorLog())

/**
 * The writes to this database that failed, or wait for too long, since the app started; oldest first.
 *
 * Each stays until it is dismissed, the last 100 at most. Their promises reject all the same.
 *
 * @example
 * writeErrors(database).subscribe((errors) => showToasts(errors))
 */
export function writeErrors(database: Database): Readable<readonly WriteError[]> {
  return logOf(database).readable
}

/** Calls `handler` for each write to this database that fails from now on, or waits for too long. */
export function onWriteError(database: Database, handler: (error: WriteError) => void): Stop {
  const { handlers } = logOf(database)
  const own = (error: WriteError): void => handler(error) // the same function may be given twice
  handlers.add(own)
  return () => void handlers.delete(own)
}

/** Puts a failed write on the list. */
export function recordWriteError(
  database: Database,
  mutations: readonly PendingMutation[],
  error: unknown,
): void {
  logOf(database).add(error, mutations)
}

/**
 * Watches a write that asks for the write lock. If it has not been granted after `ms`, and nobody in this page has
 * been, that is told: on the list, and to the developer by the logger of the database. If something else holds everybody
 * up, a frozen tab or a full disk, that is on the list sooner.
 *
 * @returns To be called when the lock is there, or the write has failed.
 */
export function watchLock(
  database: Database,
  mutations: readonly PendingMutation[],
  ms: number,
): Stop {
  let entry: WriteError | undefined
  const list = (error: RowsignalError | undefined): void => {
    entry?.dismiss()
    entry = error && logOf(database).add(error, mutations)
  }
  const ids = [...new Set(mutations.map(({ collection }) => collection.id))]
  const what = `write: a write to ${ids.join(', ')}`
  const stopWaiting = watchLockWait({ database, what, ms }, (error) => {
    list(error)
    tellDeveloper(database, error)
  })
  const stopLooking = lockHoldersOf(database).heldUp.listen(list)
  return () => {
    stopWaiting()
    stopLooking()
    list(undefined)
  }
}
