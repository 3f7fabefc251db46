/**
 * Changes of SQLite -> collections; one capture a database. A table that a collection wants gets one trigger that
 * records the ids of changed rows; after each commit that touched one of them a drain reads their newest state and
 * hands it to the publisher.
 *
 *   commit -> ids in tracking tables -> drain (one lock, all tables) -> pending map -> one publication
 *   write of ours: statements and drain in one transaction -> its own ids at once, the rest as above
 */
import type { LockContext } from '@powersync/common'
import type { PendingMutation, Transaction } from '@tanstack/db'
import type { Follower, StoredRows } from './follower.ts'
import { RowsignalError } from '../errors.ts'
import { readTable } from './read-table.ts'
import { PublishOrder } from './publish-order.ts'
import type { Database } from '../libraries/powersync.ts'
import { onCommit } from '../libraries/powersync.ts'
import type { Changes, IsOwn } from './publish.ts'
import { Publisher } from './publish.ts'
import type { Stop } from '../readable/readable.ts'
import type { FollowedTable } from './followed-table.ts'
import { positionOf } from '../libraries/tanstack.ts'
import { type TrackedTable, Tracking } from './tracking.ts'
import { UntilClosed } from './until-closed.ts'
import { watchReadLock } from './lock-watch.ts'
import { LockQueue } from '../write/lock-queue.ts'

/** A write that a collection or a transaction asks for. */
export interface OwnWrite {
  readonly transaction: Transaction
  readonly mutations: readonly PendingMutation[]
  /** The tables that it writes. */
  readonly followed: readonly FollowedTable[]
  /** Executes its statements and tells which rows are its own. */
  readonly run: (lock: LockContext) => Promise<IsOwn>
}

const captures = new WeakMap<Database, Capture>()

/** The capture of a database, made when first asked for. */
export function captureOf(database: Database): Capture {
  let capture = captures.get(database)
  if (capture === undefined) captures.set(database, (capture = new Capture(database)))
  return capture
}

export class Capture {
  readonly #database: Database
  readonly #tracking: Tracking
  readonly #order = new PublishOrder()
  readonly #writes = new LockQueue()
  readonly #untilClosed = new UntilClosed()
  readonly #publisher = new Publisher((follower) => this.#reload(follower))
  /** Collections whose table has no trigger: the schema lacks it, or the trigger could not be made. */
  readonly #stranded = new Set<Follower>()
  /** Whether a commit has touched a tracking table since the last drain began. */
  #dirty = false
  #draining = false
  #closing = false

  constructor(database: Database) {
    this.#database = database
    this.#tracking = new Tracking(database)
    const stopListening = onCommit(database, (tables) => this.#onCommit(tables))
    database.registerListener({
      schemaChanged: () => this.#onSchemaChanged(),
      closing: () => {
        stopListening()
        this.#onClosing()
      },
      closed: () => this.#untilClosed.onClosed(),
    })
  }

  /** Follows the table of a collection: reads it, makes the collection ready, and brings it every change after that. */
  start(follower: Follower): void {
    follower.load()
    this.#follow(follower)
  }

  /** Does again what has failed of `start`. */
  retry(follower: Follower): void {
    if (follower.ended) return
    follower.loadAgain()
    if (this.#stranded.has(follower)) this.#follow(follower)
    else if (follower.error !== undefined) this.#reload(follower)
  }

  /** Ends `start` for a run that has ended. The trigger goes with the last collection of its table. */
  async stop(follower: Follower): Promise<void> {
    this.#stranded.delete(follower)
    this.#publisher.drop(follower)
    const tracked = this.#tracking.get(follower.followed.table)
    if (!tracked?.followers.delete(follower) || tracked.followers.size > 0) return
    await this.#untilClosed.run(this.#tracking.untrack(tracked)).catch(() => undefined)
  }

  get #closed(): boolean {
    return this.#closing || this.#database.closed
  }

  /** The table that records the changed ids of the collection's table. */
  trackingTable(follower: Follower): string | undefined {
    return this.#tracking.get(follower.followed.table)?.destination
  }

  /** Whether changes for this collection wait for a transaction that takes long. */
  isHeld(follower: Follower): boolean {
    return this.#publisher.isHeld(follower)
  }

  /**
   * Runs a write of ours in one SQLite transaction, reads in it what it changed, and shows that right after the commit:
   * what it changed itself at once, what others changed when `transaction` has settled.
   */
  async write(write: OwnWrite): Promise<void> {
    const { mutations, followed, run } = write
    // A write that comes before its trigger would find nothing of its own, and its rows would blink out.
    const ready = (): Promise<unknown> =>
      Promise.all(followed.map(async ({ table }) => this.#tracking.get(table)?.ready))
    let committing = false
    const request = (): Promise<void> =>
      this.#order.run(
        (locked) =>
          this.#database.writeTransaction(async (lock) => {
            locked()
            const isOwn = await run(lock)
            const changes = await this.#tracking.readRecords(lock)
            committing = true
            return { changes, isOwn }
          }),
        ({ changes, isOwn }) => this.#publishWrite(write, changes, isOwn),
      )
    try {
      await this.#untilClosed.run(this.#writes.run(positionOf(mutations), ready, request))
    } catch (error) {
      // COMMIT may have happened and only its answer be lost, the records with it.
      if (committing) this.#reloadAll()
      if (!this.#closed) throw error
      throw databaseClosed(
        'write: the database was closed before it answered. Whether the write was stored shows when it is opened again.',
        error,
      )
    }
  }

  #publishWrite(write: OwnWrite, changes: Changes, isOwn: IsOwn): void {
    const own = this.#unstored(write)
    const rest: Changes = new Map()
    for (const [follower, rows] of changes) {
      const ownRows: StoredRows = new Map()
      const restRows: StoredRows = new Map()
      for (const [id, data] of rows) (isOwn(follower, id) ? ownRows : restRows).set(id, data)
      if (ownRows.size > 0) own.set(follower, ownRows)
      if (restRows.size > 0) rest.set(follower, restRows)
      // During a read own rows are shown at once and once more at its end: a chunk older than them may still come.
      if (follower.reading) follower.setAside(ownRows)
    }
    this.#publisher.publishOwn(write.transaction, {
      own,
      rest: this.#withoutReading(rest),
      isOwn,
    })
  }

  /** The rows of insert-only tables are stored nowhere, so nothing is recorded that would end the optimistic ones. */
  #unstored({ mutations, followed }: OwnWrite): Changes {
    const changes: Changes = new Map()
    for (const { table } of followed) {
      if (!table.insertOnly) continue
      for (const follower of this.#tracking.get(table)?.followers ?? []) {
        const own = mutations.filter(({ collection }) => collection === follower.collection)
        changes.set(follower, new Map(own.map(({ key }) => [key as string, null])))
      }
    }
    return changes
  }

  /** Follows the table that the collection has in the schema now; without one its rows are gone. */
  #follow(follower: Follower): void {
    this.#stranded.delete(follower)
    try {
      follower.refreshTable()
    } catch (error) {
      this.#stranded.add(follower)
      follower.lose(error as RowsignalError)
      return
    }
    const tracked = this.#tracking.track(follower.followed.table)
    tracked.followers.add(follower)
    follower.beginRead()
    void this.#read(follower, tracked)
  }

  /**
   * Reads anew what the new schema shows differently. The SDK has dropped the triggers of tables that are gone, or are
   * stored under another name, without a word; those of the others are still there, and their collections go on.
   */
  #onSchemaChanged(): void {
    this.#tracking.onSchemaChanged()
    const lost = new Set(this.#stranded)
    for (const tracked of this.#tracking.tables()) {
      if (this.#tracking.isStored(tracked)) {
        for (const follower of tracked.followers)
          if (follower.refreshTable()) this.#reload(follower)
        continue
      }
      for (const follower of tracked.followers) lost.add(follower)
      tracked.followers.clear()
      void this.#tracking.untrack(tracked)
    }
    for (const follower of lost) {
      this.#publisher.drop(follower)
      this.#follow(follower)
    }
  }

  #onClosing(): void {
    this.#closing = true
    this.#untilClosed.onClosing()
    this.#tracking.close()
    this.#publisher.dispose()
    const followed = this.#tracking.tables().flatMap(({ followers }) => [...followers])
    for (const follower of [...followed, ...this.#stranded])
      follower.fail(this.#failure(follower, undefined))
  }

  #failure(follower: Follower, cause: unknown): RowsignalError {
    const { id } = follower.collection
    if (this.#closed) {
      const closed = `capture: the database was closed, so collection \`${id}\` is no longer in step with it. Open the database again and make the collection anew.`
      return databaseClosed(closed, cause)
    }
    const failed = `capture: the table of collection \`${id}\` could not be read; the cause says why. \`utils.retry()\` tries again.`
    return new RowsignalError('capture-failed', failed, { cause })
  }

  #onCommit(names: readonly string[]): void {
    // Never skipped because a write of ours runs: that write may roll back, and its drain with it.
    this.#dirty ||= this.#tracking.hasRecords(names)
    if (this.#dirty && !this.#draining) void this.#drain()
  }

  async #drain(): Promise<void> {
    this.#draining = true
    while (this.#dirty && !this.#closed) {
      try {
        await this.#order.run(
          (locked) =>
            this.#database.writeLock((lock) => {
              locked()
              this.#dirty = false // events until now are of commits that are read now
              return this.#tracking.readRecords(lock)
            }),
          (changes) => this.#publisher.publish(this.#withoutReading(changes)),
        )
      } catch {
        // The records may be gone with nobody told. Reading the tables again finds out, and tells if that fails too. That
        // read must not find the same records: after a download of half a GB they make a text that is too long for V8.
        this.#dirty = false
        await this.#database
          .writeLock((lock) => this.#tracking.forgetRecords(lock))
          .catch(() => undefined)
        this.#reloadAll()
      }
    }
    this.#draining = false
  }

  /** Reads the tables of all collections again. One whose read has failed waits for its retry, or two would never end. */
  #reloadAll(): void {
    for (const { followers } of this.#tracking.tables()) {
      for (const follower of followers) if (!follower.readFailed) this.#reload(follower)
    }
  }

  /** Reads the table of a collection again, after something left the collection in doubt. */
  #reload(follower: Follower): void {
    const tracked = this.#tracking.get(follower.followed.table)
    if (tracked === undefined || follower.ended) return
    this.#publisher.drop(follower) // older than what the read will find
    if (follower.reading) {
      follower.readAgain()
      return
    }
    follower.beginRead()
    void this.#read(follower, tracked)
  }

  async #read(follower: Follower, tracked: TrackedTable): Promise<void> {
    // A schema change may give the collection another trigger, and a read of its own with it.
    const isCurrent = (): boolean => tracked.followers.has(follower)
    const isWanted = (): boolean => !this.#closed && !follower.ended
    const watchLock = (): Stop => watchReadLock(follower, isWanted)
    try {
      await this.#database.waitForReady()
      await tracked.ready.finally(watchLock()) // the trigger needs the lock, too
    } catch (cause) {
      if (!isCurrent()) return
      this.#stranded.add(follower)
      follower.fail(this.#failure(follower, cause))
      return
    }
    try {
      while (follower.reading && isCurrent()) {
        await readTable(follower, {
          database: this.#database,
          order: this.#order,
          internalName: tracked.internalName,
          readRecords: (lock) => this.#tracking.readRecords(lock),
          publish: (changes) => this.#publisher.publish(this.#withoutReading(changes)),
          whenShown: (shown, listener) => this.#publisher.whenShown(shown, listener),
          watchLock,
          isCurrent,
        })
      }
    } catch (cause) {
      if (isCurrent()) follower.fail(this.#failure(follower, cause))
      this.#reloadAll() // the records of other tables may be gone
    }
  }

  /** Sets changes of collections that are being read aside and returns the others. */
  #withoutReading(changes: Changes): Changes {
    const rest: Changes = new Map()
    for (const [follower, rows] of changes) {
      if (follower.reading) follower.setAside(rows)
      else rest.set(follower, rows)
    }
    return rest
  }
}

function databaseClosed(message: string, cause: unknown): RowsignalError {
  return new RowsignalError('database-closed', message, { cause })
}
