/**
 * Has the tables of followers read: when they start, and again when something has left a collection in doubt. A follower
 * whose table cannot be read, or has no trigger, is told why, and is read when it is retried or the schema has changed; by
 * itself, if what kept it from that may pass.
 */
import { isRowsignalError, RowsignalError } from '../errors.ts'
import { storageFault, whenFree } from '../libraries/storage-faults.ts'
import { TryAgain } from '../libraries/try-again.ts'
import { perObject } from '../readable/per-object.ts'
import type { Follower } from './follower.ts'
import { watchOpening, watchReadLock } from './tell-developer.ts'
import { type ReadOptions, readTable, showFirstRows } from './read-table.ts'
import type { TrackedTable } from './tracking.ts'
import type { UntilClosed } from './until-closed.ts'
import { endError } from '../libraries/ending.ts'

export class TableReader {
  readonly #options: ReadOptions
  readonly #untilClosed: UntilClosed
  readonly #again: (follower: Follower) => TryAgain = perObject(
    (follower: Follower) => new TryAgain(() => this.retry(follower)),
  )

  constructor(options: ReadOptions, untilClosed: UntilClosed) {
    this.#options = options
    this.#untilClosed = untilClosed
  }

  /** Follows the table that the collection has in the schema now and reads it; without one its rows are gone. */
  follow(follower: Follower): void {
    if (this.#untilClosed.closed) {
      this.fail(follower)
      return
    }
    try {
      follower.refreshTable()
    } catch (error) {
      follower.lose(error as RowsignalError)
      return
    }
    const { tracking, order } = this.#options
    const tracked = tracking.track(follower.followed.table, (lock) =>
      showFirstRows(follower, lock, order),
    )
    tracked.followers.add(follower)
    follower.beginRead()
    void this.#read(follower, tracked)
  }

  /** Reads the table of a collection again, after something left the collection in doubt. */
  reread(follower: Follower): void {
    const { tracking, publisher } = this.#options
    const tracked = tracking.get(follower.followed.table)
    if (tracked === undefined || follower.ended) return
    publisher.drop(follower) // older than what the read will find
    if (follower.reading) {
      follower.readAgain()
      return
    }
    follower.beginRead()
    void this.#read(follower, tracked)
  }

  /** Does again what has failed of following the table. */
  retry(follower: Follower): void {
    if (follower.state === 'stranded') this.follow(follower)
    else if (follower.error !== undefined) this.reread(follower)
  }

  /** The follower has ended. */
  forget(follower: Follower): void {
    this.#again(follower).stop()
  }

  /** Reads the tables of all collections again. One whose read has failed waits for its retry, or two would never end. */
  rereadAll(): void {
    for (const { followers } of this.#options.tracking.tables()) {
      for (const follower of followers) if (!follower.failed) this.reread(follower)
    }
  }

  /** Has the follower say that its table can no longer be read. */
  fail(follower: Follower, cause?: unknown): void {
    follower.fail(this.#failure(follower, cause))
  }

  async #read(follower: Follower, tracked: TrackedTable): Promise<void> {
    // A schema change may give the collection another trigger, and a read of its own with it.
    const isCurrent = (): boolean => follower.reading && tracked.followers.has(follower)
    try {
      await this.#untilClosed.run(this.#trigger(follower, tracked))
    } catch (error) {
      const cause = await storageFault(error)
      if (!isCurrent()) return
      follower.strand(this.#failure(follower, cause))
      this.#again(follower).failed(error)
      return
    }
    try {
      const read = (): Promise<void> => readTable(follower, tracked, this.#options)
      while (isCurrent()) await whenFree(read, isCurrent)
      this.#again(follower).stop()
    } catch (error) {
      const cause = await storageFault(error)
      if (isCurrent()) {
        this.fail(follower, cause)
        this.#again(follower).failed(error)
      }
      this.rereadAll() // the records of other tables may be gone
    }
  }

  async #trigger(follower: Follower, { ready }: TrackedTable): Promise<void> {
    const { database } = this.#options
    await database.waitForReady().finally(watchOpening(database))
    await ready.finally(watchReadLock(follower)) // it needs the lock, too
  }

  #failure(follower: Follower, cause: unknown): RowsignalError {
    const { id } = follower.collection
    if (this.#untilClosed.closed) {
      const closed = `capture: the database was closed, so collection \`${id}\` is no longer in step with it. Open the database again and make the collection anew.`
      return endError(this.#options.database, closed, cause)
    }
    if (isRowsignalError(cause, 'storage-full')) return cause
    const failed = `capture: the table of collection \`${id}\` could not be read; the cause says why. \`utils.retry()\` tries again.`
    return new RowsignalError('capture-failed', failed, { cause })
  }
}
