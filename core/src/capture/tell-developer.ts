/** Telling the developer, by the logger of the database, that something takes long, and what to do. */
import { LogLevels } from '@powersync/common'
import { RowsignalError } from '../errors.ts'
import type { Database } from '../libraries/powersync.ts'
import type { Stop } from '../readable/readable.ts'
import type { Demand } from '../subset/demand.ts'
import type { Follower } from './follower.ts'

/**
 * Watches a read that asks for the write lock, as `watchLock` of `write` does a write. Only the developer is told: the list
 * is one of writes, for the user, and what waits is shown by the status, which is `loading`.
 *
 * @returns To be called when the lock is there, or the read has failed.
 */
export function watchReadLock(follower: Follower): Stop {
  const { database, lockWarnMs } = follower.followed
  const timer = setTimeout(() => {
    if (!follower.reading && follower.state !== 'following') return // nobody waits for it any more
    const what = `load: the read of collection \`${follower.collection.id}\``
    tellDeveloper(database, lockWaiting(what, lockWarnMs))
  }, lockWarnMs)
  return () => clearTimeout(timer)
}

/** The error of whoever has waited for the write lock for so long. */
export function lockWaiting(what: string, ms: number): RowsignalError {
  return new RowsignalError(
    'lock-waiting',
    `${what} has waited for the write lock for ${ms} ms. ` +
      'If it is awaited inside a `writeTransaction` or `writeLock` of your own, it waits for itself for good: ' +
      'use that lock instead, or await it after the lock. Otherwise another write takes long.',
  )
}

/** So many rows are a lot for a query that shows the first few. */
const manyRows = 10_000

/** Tells that the first rows of an order were asked for, and many were read. */
export function tellUnpushed(follower: Follower, { subset, size }: Demand): boolean {
  if (subset?.unpushed === undefined || size <= manyRows) return false
  const message =
    `load: a query with a limit over collection \`${follower.collection.id}\` has read ${size} rows, since SQLite can't keep the limit: ${subset.unpushed}. ` +
    'docs/on-demand.md says which orders and conditions it can keep one with; order by one of these columns, or narrow the `where`.'
  tellDeveloper(follower.followed.database, new RowsignalError('limit-not-pushed', message))
  return true
}

export function tellDeveloper(database: Database, error: RowsignalError): void {
  database.logger.log({ level: LogLevels.warn, message: error.message, error })
}
