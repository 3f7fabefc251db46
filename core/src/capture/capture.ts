/**
 * Changes of SQLite -> collections; one capture a database. A table that a collection wants gets one trigger that
 * records the ids of changed rows; after each commit that touched one of them a drain reads their newest state and
 * hands it to the publisher.
 *
 *   commit -> ids in tracking tables -> drain (one lock, all tables) -> pending map -> one publication
 *   write of ours: statements and drain in one transaction -> its own ids at once, the rest as above
 *
 * Here it is put together, and here followers come and go. A write of ours uses the parts itself.
 */
import { Drain } from './drain.ts'
import type { Follower } from './follower.ts'
import { PublishOrder } from './publish-order.ts'
import { Publisher } from './publish.ts'
import { TableReader } from './table-reader.ts'
import { type TrackedTable, Tracking } from './tracking.ts'
import { UntilClosed } from './until-closed.ts'
import type { ResolvedTable } from '@powersync/common'
import { onReopening } from '../libraries/reopening.ts'
import { onEnd } from '../libraries/ending.ts'
import type { Database } from '../libraries/powersync.ts'
import { perObject } from '../readable/per-object.ts'

/** The capture of a database, made when first asked for. */
export const captureOf: (database: Database) => Capture = perObject(
  (database: Database) => new Capture(database),
)

export class Capture {
  readonly database: Database
  readonly tracking: Tracking
  readonly order: PublishOrder = new PublishOrder()
  readonly publisher: Publisher = new Publisher((follower) => this.reader.reread(follower))
  readonly reader: TableReader
  readonly untilClosed: UntilClosed
  readonly #drain: Drain
  readonly #followers = new Set<Follower>()

  constructor(database: Database) {
    this.database = database
    this.untilClosed = new UntilClosed(database) // the first to hear of the end: what fails then is told by that
    this.tracking = new Tracking(database)
    const { tracking, order, publisher } = this
    this.reader = new TableReader({ database, tracking, order, publisher }, this.untilClosed)
    this.#drain = new Drain({ database, tracking, order, publisher, reader: this.reader })
    database.registerListener({
      schemaChanged: () => this.#onSchemaChanged(),
      // Closing waits for it, until SQLite has no more time to answer.
      closing: () => this.untilClosed.run(tracking.close()).catch(() => undefined),
    })
    onEnd(database, () => this.#onEnd())
    onReopening(database, {
      connectionLeft: () => tracking.release(),
      connectionReplaced: () => this.#onReplaced(),
    })
  }

  /** Follows the table of a collection: reads it, makes the collection ready, and brings it every change after that. */
  start(follower: Follower): void {
    this.#followers.add(follower)
    follower.load()
    if (!follower.demands.isEmpty) this.reader.follow(follower)
  }

  /** Has what is wanted of the table read and followed, if it is not yet. */
  want(follower: Follower): void {
    if (follower.state === 'idle') this.reader.follow(follower)
  }

  /** Nobody wants a row of the table: it is not followed until somebody does. */
  async rest(follower: Follower): Promise<void> {
    if (this.untilClosed.closed) return // it stays in error
    follower.rest()
    await this.#unfollow(follower)
  }

  /** The collections of a table that follow it, or would if a row of it were wanted. */
  followersOf({ name }: ResolvedTable): Follower[] {
    return [...this.#followers].filter(({ followed }) => followed.table.name === name)
  }

  /** Does again what has failed of `start`. */
  retry(follower: Follower): void {
    follower.loadAgain()
    this.reader.retry(follower)
  }

  /** Ends `start` for a run that has ended. The trigger goes with the last collection of its table. */
  async stop(follower: Follower): Promise<void> {
    this.#followers.delete(follower)
    this.publisher.drop(follower)
    this.reader.forget(follower)
    await this.#unfollow(follower)
  }

  async #unfollow(follower: Follower): Promise<void> {
    const tracked = this.tracking.get(follower.followed.table)
    if (!tracked?.followers.delete(follower) || tracked.followers.size > 0) return
    await this.untilClosed.run(this.tracking.untrack(tracked)).catch(() => undefined)
  }

  /**
   * Reads anew what the new schema shows differently. The SDK has dropped the triggers of tables that are gone, or are
   * stored under another name, without a word; those of the others are still there, and their collections go on.
   */
  #onSchemaChanged(): void {
    this.tracking.onSchemaChanged()
    this.#followAgain((tracked) => !this.tracking.isStored(tracked))
  }

  /** The triggers went with the connection, and others may have written since: what is shown stays, and is read again. */
  #onReplaced(): void {
    this.tracking.renew()
    this.#followAgain(() => true)
  }

  #followAgain(isLost: (tracked: TrackedTable) => boolean): void {
    const lost = new Set([...this.#followers].filter(({ state }) => state === 'stranded'))
    for (const tracked of this.tracking.tables()) {
      if (!isLost(tracked)) {
        for (const follower of tracked.followers)
          if (follower.refreshTable()) this.reader.reread(follower)
        continue
      }
      for (const follower of tracked.followers) lost.add(follower)
      tracked.followers.clear()
      void this.tracking.untrack(tracked)
    }
    for (const follower of lost) {
      this.publisher.drop(follower)
      this.reader.follow(follower)
    }
  }

  #onEnd(): void {
    this.#drain.stop()
    this.tracking.release()
    this.publisher.dispose()
    for (const follower of this.#followers) this.reader.fail(follower)
  }
}
