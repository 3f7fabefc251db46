/**
 * Changes of SQLite -> collections; one capture a database. A table that a collection wants gets one trigger that
 * records the ids of changed rows; after each commit that touched one of them a drain reads their newest state and
 * hands it to the publisher.
 *
 *   commit -> ids in tracking tables -> drain (one lock, all tables) -> pending map -> one publication
 *   write of ours: statements and drain in one transaction -> its own ids at once, the rest as above
 */
import type { LockContext, ResolvedTable, TriggerRemoveCallback } from '@powersync/common'
import type { Transaction } from '@tanstack/db'
import type { CollectionSync, StoredRows } from './collection-sync.ts'
import { reportToPlatform, RowsignalError } from './errors.ts'
import { readTable } from './load.ts'
import { LockOrder } from './lock-order.ts'
import type { Database } from './powersync.ts'
import { createIdTrigger, onCommit, sweepDeadTabs, TabMark } from './powersync.ts'
import type { Changes } from './publish.ts'
import { Publisher } from './publish.ts'
import { clearChanged, selectChanged } from './sql.ts'
import type { TableSource } from './table-source.ts'
import type { AnyRow } from './tanstack.ts'

/** A table with a trigger, and the collections that follow it. */
interface TrackedTable {
  readonly name: string
  readonly destination: string
  readonly internalName: string
  readonly syncs: Set<CollectionSync>
  /** Resolves with how to remove the trigger once it is there, rejects when it could not be made. */
  readonly ready: Promise<TriggerRemoveCallback>
  /** Whether the trigger is there. */
  recording: boolean
}

/** Whether the row was changed by the write whose changes are published. */
export type IsOwn = (sync: CollectionSync, id: string) => boolean

const captures = new WeakMap<Database, Capture>()

/** The capture of a database, made when first asked for. */
export function captureOf(database: Database): Capture {
  let capture = captures.get(database)
  if (capture === undefined) captures.set(database, (capture = new Capture(database)))
  return capture
}

export class Capture {
  readonly #database: Database
  readonly #order = new LockOrder()
  readonly #publisher = new Publisher((sync) => this.#reload(sync))
  readonly #tables = new Map<string, TrackedTable>()
  /** Collections whose table has no trigger: the schema lacks it, or the trigger could not be made. */
  readonly #stranded = new Set<CollectionSync>()
  readonly #mark = new TabMark()
  #started: Promise<void> | undefined
  /** Whether a commit has touched a tracking table since the last drain began. */
  #dirty = false
  #draining = false
  #closing = false

  constructor(database: Database) {
    this.#database = database
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

  /** Ends `start`. The trigger goes with the last collection of its table. */
  async stop(sync: CollectionSync): Promise<void> {
    sync.end()
    this.#stranded.delete(sync)
    this.#publisher.drop(sync)
    const tracked = this.#trackedOf(sync)
    if (tracked === undefined || !tracked.syncs.delete(sync) || tracked.syncs.size > 0) return
    await this.#untrack(tracked) // a collection that starts now gets a trigger of its own
  }

  get #closed(): boolean {
    return this.#closing || this.#database.closed
  }

  /** Whether changes for this collection wait for a transaction that takes long. */
  isHeld(sync: CollectionSync): boolean {
    return this.#publisher.isHeld(sync)
  }

  /**
   * Runs a write of ours in one SQLite transaction, reads in it what it changed, and shows that right after the commit:
   * what it changed itself at once, what others changed when `transaction` has settled.
   */
  async write(
    transaction: Transaction,
    sources: readonly TableSource[],
    run: (lock: LockContext) => Promise<IsOwn>,
  ): Promise<void> {
    // A write that comes before its trigger would find nothing of its own, and its rows would blink out.
    for (const { table } of sources) await this.#tables.get(table.name)?.ready
    let committing = false
    try {
      await this.#order.run(
        (locked) =>
          this.#database.writeTransaction(async (lock) => {
            locked()
            const isOwn = await run(lock)
            const changes = await this.#readRecords(lock)
            committing = true
            return { changes, isOwn }
          }),
        ({ changes, isOwn }) => this.#publishWrite(transaction, changes, isOwn),
      )
    } catch (error) {
      // COMMIT may have happened and only its answer be lost, the records with it.
      if (committing) this.#reloadAll()
      throw this.#closed ? databaseClosed('write', error) : error
    }
  }

  #publishWrite(transaction: Transaction, changes: Changes, isOwn: IsOwn): void {
    const own: Changes = new Map()
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
    this.#publisher.publishOwn(transaction, own, this.#withoutReading(rest))
  }

  /** Follows the table that the collection has in the schema now; without one its rows are gone. */
  #follow(sync: CollectionSync): void {
    this.#stranded.delete(sync)
    try {
      sync.source.refresh()
    } catch (error) {
      this.#stranded.add(sync)
      sync.lose(error as RowsignalError)
      return
    }
    const tracked = this.#track(sync.source.table)
    tracked.syncs.add(sync)
    sync.beginRead()
    void this.#read(sync, tracked)
  }

  #trackedOf(sync: CollectionSync): TrackedTable | undefined {
    return this.#tables.get(sync.source.table.name)
  }

  #track(table: ResolvedTable): TrackedTable {
    const known = this.#tables.get(table.name)
    if (known !== undefined) return known
    const destination = this.#mark.nextDestination()
    const tracked: TrackedTable = {
      name: table.name,
      destination,
      internalName: table.internalName,
      syncs: new Set(),
      recording: false,
      ready: this.#start().then(async () => {
        const remove = await createIdTrigger(this.#database, table, destination)
        tracked.recording = true
        return remove
      }),
    }
    tracked.ready.catch(() => {
      if (!this.#isTracked(tracked)) return
      this.#tables.delete(table.name) // so that a retry makes another
      for (const sync of tracked.syncs) this.#stranded.add(sync)
    })
    this.#tables.set(table.name, tracked)
    return tracked
  }

  #isTracked(tracked: TrackedTable): boolean {
    return this.#tables.get(tracked.name) === tracked
  }

  async #untrack(tracked: TrackedTable): Promise<void> {
    tracked.recording = false
    this.#tables.delete(tracked.name)
    const remove = await tracked.ready.catch(() => undefined) // its failure was told to the collections
    try {
      await remove?.()
    } catch (error) {
      // A closed database has taken TEMP triggers with it; the SDK removes stored ones at the next start.
      if (!this.#closed) throw error
    }
  }

  /** Once a database: takes this tab's mark, sweeps after dead tabs, listens. */
  #start(): Promise<void> {
    this.#started ??= this.#listen().catch((error: unknown) => {
      this.#started = undefined
      throw error
    })
    return this.#started
  }

  async #listen(): Promise<void> {
    await this.#database.waitForReady()
    await this.#mark.hold()
    await sweepDeadTabs(this.#database)
    const stopListening = onCommit(this.#database, (tables) => this.#onCommit(tables))
    this.#database.registerListener({
      schemaChanged: () => this.#onSchemaChanged(),
      closing: () => {
        stopListening()
        this.#onClosing()
      },
    })
  }

  /**
   * Reads anew what the new schema shows differently. The SDK has dropped the triggers of tables that are gone, or are
   * stored under another name, without a word; those of the others are still there, and their collections go on.
   */
  #onSchemaChanged(): void {
    const lost = new Set(this.#stranded)
    for (const tracked of [...this.#tables.values()]) {
      if (this.#isStored(tracked)) {
        for (const sync of tracked.syncs) if (sync.source.refresh()) this.#reload(sync)
        continue
      }
      for (const sync of tracked.syncs) {
        this.#publisher.drop(sync)
        lost.add(sync)
      }
      this.#untrack(tracked).catch(reportToPlatform)
    }
    for (const sync of lost) this.#follow(sync)
  }

  /** Whether the schema still has the table under the name by which its rows are stored. */
  #isStored({ internalName }: TrackedTable): boolean {
    return this.#database.schema.tables.some((table) => table.internalName === internalName)
  }

  #onClosing(): void {
    this.#closing = true
    this.#mark.release()
    this.#publisher.dispose()
    const tracked = [...this.#tables.values()].flatMap(({ syncs }) => [...syncs])
    for (const sync of [...tracked, ...this.#stranded]) sync.fail(this.#failure(sync, undefined))
  }

  #failure(sync: CollectionSync, cause: unknown): RowsignalError {
    if (this.#closed) return databaseClosed(sync.collection.id, cause)
    const message = `capture: the table of collection \`${sync.collection.id}\` could not be read; the cause says why. \`utils.retry()\` tries again.`
    return new RowsignalError('capture-failed', message, { cause })
  }

  #onCommit(names: readonly string[]): void {
    // Never skipped because a write of ours runs: that write may roll back, and its drain with it.
    this.#dirty ||= this.#recordingTables().some(({ destination }) => names.includes(destination))
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
              return this.#readRecords(lock)
            }),
          (changes) => this.#publisher.publish(this.#withoutReading(changes)),
        )
      } catch {
        // The records may be gone with nobody told. Reading the tables again finds out, and tells if that fails too.
        this.#dirty = false
        this.#reloadAll()
      }
    }
    this.#draining = false
  }

  /** The tables whose records can be read: while the schema changes, some may be gone already. */
  #recordingTables(): TrackedTable[] {
    return [...this.#tables.values()].filter(
      (tracked) => tracked.recording && this.#isStored(tracked),
    )
  }

  #reloadAll(): void {
    for (const { syncs } of this.#tables.values()) syncs.forEach((sync) => this.#reload(sync))
  }

  /** Reads the table of a collection again, after something left the collection in doubt. */
  #reload(sync: CollectionSync): void {
    const tracked = this.#trackedOf(sync)
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
    try {
      await tracked.ready
      while (sync.reading && this.#isTracked(tracked)) {
        await readTable(sync, {
          database: this.#database,
          order: this.#order,
          internalName: tracked.internalName,
          readRecords: (lock) => this.#readRecords(lock),
          publish: (changes) => this.#publisher.publish(this.#withoutReading(changes)),
          isCurrent: () => this.#isTracked(tracked),
        })
      }
    } catch (cause) {
      // A table that the schema has lost meanwhile is not a failure of this read.
      if (this.#isTracked(tracked) || this.#stranded.has(sync))
        sync.fail(this.#failure(sync, cause))
    }
  }

  /**
   * Reads the records of all tables in one statement and forgets them. Always all: the lock may come after a commit
   * whose event has not come yet, and reading one of its tables alone would tear it.
   *
   * A drain needs no transaction around it: under the write lock nobody else writes, and when a write of ours was
   * quicker there is nothing to find; that is then one statement instead of three.
   */
  async #readRecords(lock: LockContext): Promise<Changes> {
    const changes: Changes = new Map()
    const tables = this.#recordingTables()
    if (tables.length === 0) return changes
    const found = await lock.getAll<{ position: number; changed: string }>(selectChanged(tables))
    for (const { position, changed } of found) {
      const rows: StoredRows = new Map(JSON.parse(changed) as [string, AnyRow | null][])
      if (rows.size === 0) continue
      const tracked = tables[position]!
      await lock.execute(clearChanged(tracked.destination))
      for (const sync of tracked.syncs) changes.set(sync, rows)
    }
    return changes
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

function databaseClosed(what: string, cause: unknown): RowsignalError {
  return new RowsignalError(
    'database-closed',
    `capture: the database was closed, so \`${what}\` is no longer in step with it. Open the database again and make the collection anew.`,
    { cause },
  )
}
