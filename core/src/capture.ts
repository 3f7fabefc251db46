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
import type { CollectionSync, StoredRows } from './collection-sync.ts'
import { RowsignalError } from './errors.ts'
import { readTable } from './load.ts'
import { LockOrder } from './lock-order.ts'
import type { Database } from './powersync.ts'
import { onCommit } from './powersync.ts'
import type { Changes, IsOwn } from './publish.ts'
import { Publisher } from './publish.ts'
import type { Stop } from './readable.ts'
import type { TableSource } from './table-source.ts'
import { positionOf } from './tanstack.ts'
import { type TrackedTable, Tracking } from './tracking.ts'
import { UntilClosed } from './until-closed.ts'
import { watchReadLock } from './write-errors.ts'
import { WriteOrder } from './write-order.ts'

/** A write that a collection or a transaction asks for. */
export interface OwnWrite {
  readonly transaction: Transaction
  readonly mutations: readonly PendingMutation[]
  /** The tables that it writes. */
  readonly sources: readonly TableSource[]
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
  readonly #order = new LockOrder()
  readonly #writes = new WriteOrder()
  readonly #untilClosed = new UntilClosed()
  readonly #publisher = new Publisher((sync) => this.#reload(sync))
  /** Collections whose table has no trigger: the schema lacks it, or the trigger could not be made. */
  readonly #stranded = new Set<CollectionSync>()
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
  start(sync: CollectionSync): void {
    sync.load()
    this.#follow(sync)
  }

  /** Does again what has failed of `start`. */
  retry(sync: CollectionSync): void {
    if (sync.ended) return
    sync.loadAgain()
    if (this.#stranded.has(sync)) this.#follow(sync)
    else if (sync.error !== undefined) this.#reload(sync)
  }

  /** Ends `start` for a run that has ended. The trigger goes with the last collection of its table. */
  async stop(sync: CollectionSync): Promise<void> {
    this.#stranded.delete(sync)
    this.#publisher.drop(sync)
    const tracked = this.#tracking.get(sync.source.table)
    if (!tracked?.syncs.delete(sync) || tracked.syncs.size > 0) return
    await this.#untilClosed.run(this.#tracking.untrack(tracked)).catch(() => undefined)
  }

  get #closed(): boolean {
    return this.#closing || this.#database.closed
  }

  /** The table that records the changed ids of the collection's table. */
  trackingTable(sync: CollectionSync): string | undefined {
    return this.#tracking.get(sync.source.table)?.destination
  }

  /** Whether changes for this collection wait for a transaction that takes long. */
  isHeld(sync: CollectionSync): boolean {
    return this.#publisher.isHeld(sync)
  }

  /**
   * Runs a write of ours in one SQLite transaction, reads in it what it changed, and shows that right after the commit:
   * what it changed itself at once, what others changed when `transaction` has settled.
   */
  async write(write: OwnWrite): Promise<void> {
    const { mutations, sources, run } = write
    // A write that comes before its trigger would find nothing of its own, and its rows would blink out.
    const ready = (): Promise<unknown> =>
      Promise.all(sources.map(async ({ table }) => this.#tracking.get(table)?.ready))
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
    for (const [sync, rows] of changes) {
      const ownRows: StoredRows = new Map()
      const restRows: StoredRows = new Map()
      for (const [id, data] of rows) (isOwn(sync, id) ? ownRows : restRows).set(id, data)
      if (ownRows.size > 0) own.set(sync, ownRows)
      if (restRows.size > 0) rest.set(sync, restRows)
      // During a read own rows are shown at once and once more at its end: a chunk older than them may still come.
      if (sync.reading) sync.setAside(ownRows)
    }
    this.#publisher.publishOwn(write.transaction, {
      own,
      rest: this.#withoutReading(rest),
      isOwn,
    })
  }

  /** The rows of insert-only tables are stored nowhere, so nothing is recorded that would end the optimistic ones. */
  #unstored({ mutations, sources }: OwnWrite): Changes {
    const changes: Changes = new Map()
    for (const { table } of sources) {
      if (!table.insertOnly) continue
      for (const sync of this.#tracking.get(table)?.syncs ?? []) {
        const own = mutations.filter(({ collection }) => collection === sync.collection)
        changes.set(sync, new Map(own.map(({ key }) => [key as string, null])))
      }
    }
    return changes
  }

  /** Follows the table that the collection has in the schema now; without one its rows are gone. */
  #follow(sync: CollectionSync): void {
    this.#stranded.delete(sync)
    try {
      sync.refreshTable()
    } catch (error) {
      this.#stranded.add(sync)
      sync.lose(error as RowsignalError)
      return
    }
    const tracked = this.#tracking.track(sync.source.table)
    tracked.syncs.add(sync)
    sync.beginRead()
    void this.#read(sync, tracked)
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
        for (const sync of tracked.syncs) if (sync.refreshTable()) this.#reload(sync)
        continue
      }
      for (const sync of tracked.syncs) lost.add(sync)
      tracked.syncs.clear()
      void this.#tracking.untrack(tracked)
    }
    for (const sync of lost) {
      this.#publisher.drop(sync)
      this.#follow(sync)
    }
  }

  #onClosing(): void {
    this.#closing = true
    this.#untilClosed.onClosing()
    this.#tracking.close()
    this.#publisher.dispose()
    const followed = this.#tracking.tables().flatMap(({ syncs }) => [...syncs])
    for (const sync of [...followed, ...this.#stranded]) sync.fail(this.#failure(sync, undefined))
  }

  #failure(sync: CollectionSync, cause: unknown): RowsignalError {
    const { id } = sync.collection
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
    for (const { syncs } of this.#tracking.tables()) {
      for (const sync of syncs) if (!sync.readFailed) this.#reload(sync)
    }
  }

  /** Reads the table of a collection again, after something left the collection in doubt. */
  #reload(sync: CollectionSync): void {
    const tracked = this.#tracking.get(sync.source.table)
    if (tracked === undefined || sync.ended) return
    this.#publisher.drop(sync) // older than what the read will find
    if (sync.reading) {
      sync.readAgain()
      return
    }
    sync.beginRead()
    void this.#read(sync, tracked)
  }

  async #read(sync: CollectionSync, tracked: TrackedTable): Promise<void> {
    // A schema change may give the collection another trigger, and a read of its own with it.
    const isCurrent = (): boolean => tracked.syncs.has(sync)
    const isWanted = (): boolean => !this.#closed && !sync.ended
    const watchLock = (): Stop => watchReadLock(sync, isWanted)
    try {
      await this.#database.waitForReady()
      await tracked.ready.finally(watchLock()) // the trigger needs the lock, too
    } catch (cause) {
      if (!isCurrent()) return
      this.#stranded.add(sync)
      sync.fail(this.#failure(sync, cause))
      return
    }
    try {
      while (sync.reading && isCurrent()) {
        await readTable(sync, {
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
      if (isCurrent()) sync.fail(this.#failure(sync, cause))
      this.#reloadAll() // the records of other tables may be gone
    }
  }

  /** Sets changes of collections that are being read aside and returns the others. */
  #withoutReading(changes: Changes): Changes {
    const rest: Changes = new Map()
    for (const [sync, rows] of changes) {
      if (sync.reading) sync.setAside(rows)
      else rest.set(sync, rows)
    }
    return rest
  }
}

function databaseClosed(message: string, cause: unknown): RowsignalError {
  return new RowsignalError('database-closed', message, { cause })
}
