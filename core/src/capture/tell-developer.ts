/** Telling the developer, by the logger of the database, that something takes long, and what to do. */
import { LogLevels } from '@powersync/common'
import { RowsignalError } from '../errors.ts'
import { type LockHolder, lockHoldersOf } from '../libraries/lock-holders.ts'
import type { Database } from '../libraries/powersync.ts'
import { perObject } from '../readable/per-object.ts'
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
  const what = `load: the read of collection \`${follower.collection.id}\``
  return watchLockWait({ database, what, ms: lockWarnMs }, (error) => {
    if (!follower.reading && follower.state !== 'following') return // nobody waits for it any more
    tellDeveloper(database, error)
  })
}

/** So much later than it should does a timer come where the page was busy or stopped: it may have been answered meanwhile. */
const lateMs = 100

/**
 * Tells `lock-waiting` of whoever has waited for the write lock for so long, while nobody in this page was given it and no tab
 * has committed anything: who waits behind others that go on is served in turn, however slow the machine is. Where something
 * else holds everybody up, a frozen tab or a full disk, its own code says it, and this nothing.
 *
 * @returns To be called when the wait is over.
 */
export function watchLockWait(
  { database, what, ms }: { database: Database; what: string; ms: number },
  tell: (error: RowsignalError) => void,
): Stop {
  const holders = lockHoldersOf(database)
  tellsHeld(database)
  let timer: ReturnType<typeof setTimeout> | undefined
  const wait = (waitMs: number): void => {
    const due = performance.now() + waitMs
    timer = setTimeout(() => {
      const now = performance.now()
      const isKnown = holders.heldUp.error !== undefined
      const leftMs = isKnown || now - due > lateMs ? ms : holders.passedAt + ms - now
      if (leftMs > 0) wait(leftMs)
      else tell(lockWaiting(what, ms, holders.holder))
    }, waitMs)
  }
  wait(ms)
  return () => clearTimeout(timer)
}

/** Tells of each time that something else holds up who waits: once, whatever waits. */
const tellsHeld = perObject((database: Database) =>
  lockHoldersOf(database).heldUp.listen((error) => {
    if (error !== undefined) tellDeveloper(database, error)
  }),
)

/** Watches the opening of a database: it may wait for the file of a frozen tab. */
export function watchOpening(database: Database): Stop {
  tellsHeld(database)
  return lockHoldersOf(database).heldUp.wait()
}

/** Names who has the lock, and blames the app only for its own. */
function lockWaiting(what: string, ms: number, holder: LockHolder | undefined): RowsignalError {
  const waited = `${what} has waited for the write lock for more than ${ms} ms. `
  return new RowsignalError('lock-waiting', waited + reasonOf(holder))
}

function reasonOf(holder: LockHolder | undefined): string {
  if (holder === undefined) {
    return (
      'Nothing in this page has it: another tab does, or PowerSync, which writes what it has downloaded. ' +
      'It is done when its turn comes.'
    )
  }
  const heldMs = Math.round(performance.now() - holder.since)
  if (holder.what !== undefined) {
    return `It waits for ${holder.what}, which has had it for ${heldMs} ms, and is done when its turn comes.`
  }
  return (
    `A \`writeTransaction\`, \`writeLock\` or \`execute\` of your own has had it for ${heldMs} ms. ` +
    'What is awaited in there waits for itself for good: use that lock instead, or await it after the lock.'
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
