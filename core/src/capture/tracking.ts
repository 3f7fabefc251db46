/**
 * The tables of a database that collections follow: one trigger each that records the ids of changed rows, made with
 * the first collection of the table and removed with the last, and the reading of what was recorded.
 */
import { ours } from '../libraries/lock-holders.ts'
import type { LockContext, ResolvedTable, Schema, TriggerRemoveCallback } from '@powersync/common'
import type { Follower } from './follower.ts'
import { readInexactValues } from '../codec/inexact-values.ts'
import type { Database } from '../libraries/powersync.ts'
import { abandonTrigger, createIdTrigger, inTransaction } from '../libraries/powersync.ts'
import { whenFree } from '../libraries/storage-faults.ts'
import { sweepDeadTabsIn, TabMark } from '../libraries/tabs.ts'
import type { Changes } from './publish.ts'
import { SubsetReader } from './subset-reader.ts'
import {
  clearChanged,
  selectById,
  selectChanged,
  selectTableNames,
  selectWanted,
} from '../libraries/sql.ts'
import { type AnyRow, knownKeys } from '../libraries/tanstack.ts'

/** A table with a trigger, and the collections that follow it. */
export interface TrackedTable {
  readonly name: string
  readonly destination: string
  readonly internalName: string
  readonly followers: Set<Follower>
  /** Resolves with how to remove the trigger once it is there, rejects when it could not be made. */
  readonly ready: Promise<TriggerRemoveCallback>
  /** Whether the trigger is there. */
  recording: boolean
}

/**
 * So many changed rows of a table that is not wanted whole are read and looked at here. Of more SQLite picks those that
 * are wanted, so that a download of a table that nobody shows costs its records and nothing here.
 */
const fewRecords = 100

/** id -> newest stored state. */
type ChangedRows = Map<string, AnyRow | null>

export class Tracking {
  readonly #database: Database
  readonly #tables = new Map<string, TrackedTable>()
  /** How often it has begun anew: what was asked for before may find no triggers. */
  beginnings = 0
  #mark: TabMark
  #started: Promise<void> | undefined
  /** The beginning that has been swept after dead tabs. */
  #swept: number | undefined
  /** The schema that SQLite has: the SDK names the new one before its tables are there. */
  #schema: Schema
  /** How to remove triggers whose removal has failed. */
  readonly #leftovers = new Set<TriggerRemoveCallback>()

  constructor(database: Database) {
    this.#database = database
    this.#mark = new TabMark(database)
    this.#schema = database.schema
  }

  get(table: ResolvedTable): TrackedTable | undefined {
    return this.#tables.get(table.name)
  }

  /** Resolves when the changes of all these tables are recorded. */
  async recorded(tables: readonly ResolvedTable[]): Promise<void> {
    await Promise.all(tables.map(async (table) => this.get(table)?.ready))
  }

  tables(): TrackedTable[] {
    return [...this.#tables.values()]
  }

  /**
   * The tracked table, made when first asked for. One whose trigger could not be made is forgotten.
   *
   * @param readFirst What is to be read in the lock before the trigger is made; what fails of it is read later.
   */
  track(table: ResolvedTable, readFirst: (lock: LockContext) => Promise<void>): TrackedTable {
    const known = this.#tables.get(table.name)
    if (known !== undefined) return known
    const destination = this.#mark.nextDestination()
    const tracked: TrackedTable = {
      name: table.name,
      destination,
      internalName: table.internalName,
      followers: new Set(),
      recording: false,
      ready: this.#start().then(async () => {
        await this.#removeLeftovers()
        const remove = await this.#createTrigger(table, destination, readFirst)
        tracked.recording = true
        return remove
      }),
    }
    tracked.ready.catch(() => this.#forget(tracked)) // told by whoever awaits it
    this.#tables.set(table.name, tracked)
    return tracked
  }

  /**
   * Removes the trigger and what it recorded. A collection that asks for the table from now on gets another. What can't
   * be removed now is removed with the next table that comes or goes, or with the database.
   */
  async untrack(...tables: readonly TrackedTable[]): Promise<void> {
    for (const tracked of tables) {
      tracked.recording = false
      this.#forget(tracked)
    }
    for (const { ready } of tables) {
      const remove = await ready.catch(() => undefined) // its failure was told to the collections
      if (remove !== undefined) this.#leftovers.add(remove)
    }
    await this.#removeLeftovers()
  }

  /**
   * In one transaction: on OPFS four commits are 40 ms more. One whose answer is lost may have made it. The first of a beginning
   * sweeps after dead tabs in the same lock, for which it would have to wait again.
   */
  async #createTrigger(
    table: ResolvedTable,
    destination: string,
    readFirst: (lock: LockContext) => Promise<void>,
  ): Promise<TriggerRemoveCallback> {
    let remove: TriggerRemoveCallback | undefined
    try {
      const create = async (lock: LockContext): Promise<TriggerRemoveCallback> => {
        await readFirst(lock).catch(() => undefined)
        await this.#sweep(lock)
        return inTransaction(lock, async () => {
          remove = await createIdTrigger(this.#database, lock, { table, destination })
          return remove
        })
      }
      const ask = (): Promise<TriggerRemoveCallback> =>
        this.#database.writeLock(ours(`the trigger of \`${table.name}\``, create))
      return await whenFree(ask, () => remove === undefined)
    } catch (error) {
      if (remove !== undefined) this.#leftovers.add(remove)
      throw error
    }
  }

  async #sweep(lock: LockContext): Promise<void> {
    const { beginnings } = this
    if (this.#swept === beginnings) return
    await sweepDeadTabsIn(lock, this.#database)
    this.#swept = beginnings
  }

  async #removeLeftovers(): Promise<void> {
    if (this.#leftovers.size === 0) return
    const remove = (context: LockContext): Promise<void> => this.#removeIn(context)
    await this.#database.writeLock(ours('the removal of a trigger', remove)).catch(() => undefined)
  }

  async #removeIn(context: LockContext): Promise<void> {
    for (const remove of this.#leftovers) {
      try {
        await remove({ context })
        this.#leftovers.delete(remove)
      } catch {
        // Kept. A closed database has taken TEMP triggers with it; the SDK removes stored ones at the next start.
      }
    }
  }

  /** Whether the schema still has the table under the name by which its rows are stored. */
  isStored({ internalName }: TrackedTable): boolean {
    return this.#database.schema.tables.some((table) => table.internalName === internalName)
  }

  /** Whether one of these tables, that a commit has touched, is one of ours. */
  hasRecords(names: readonly string[]): boolean {
    return this.tables().some(({ destination }) => names.includes(destination))
  }

  /**
   * Reads the records of all tables in one statement and forgets them. Always all: the lock may come after a commit
   * whose event has not come yet, and reading one of its tables alone would tear it.
   *
   * A drain needs no transaction around it: under the write lock nobody else writes, and when a write of ours was
   * quicker there is nothing to find; that is then one statement instead of three. What can't be forgotten, as on a full disk,
   * is read once more by the next.
   *
   * @param earlier Resolves when what was read before is published.
   */
  async readRecords(lock: LockContext, earlier: Promise<void>): Promise<Changes> {
    const { changes, read } = await this.#findRecords(lock, earlier)
    await forget(lock, read).catch(() => undefined)
    return changes
  }

  /** The same in a transaction of ours, which may be over if something of it fails. */
  async readOwnRecords(lock: LockContext, earlier: Promise<void>): Promise<Changes> {
    const { changes, read } = await this.#findRecords(lock, earlier)
    await forget(lock, read)
    return changes
  }

  async #findRecords(
    lock: LockContext,
    earlier: Promise<void>,
  ): Promise<{ changes: Changes; read: TrackedTable[] }> {
    const changes: Changes = new Map()
    const read: TrackedTable[] = []
    const tables = await this.#recording(lock)
    if (tables.length === 0) return { changes, read }
    const asked = tables.map((tracked) => ({
      ...tracked,
      limit: isWantedWhole(tracked) ? undefined : fewRecords + 1,
    }))
    const found = await lock.getAll<{ position: number; changed: string }>(selectChanged(asked))
    for (const { position, changed } of found) {
      const tracked = tables[position]!
      let rows: ChangedRows = new Map(JSON.parse(changed) as [string, AnyRow | null][])
      if (rows.size === 0) continue
      if (rows.size > fewRecords && !isWantedWhole(tracked)) {
        await earlier // or a row that is just being shown for the first time would not be among those that are held
        rows = await readWanted(lock, tracked)
      }
      const [follower] = tracked.followers
      if (follower !== undefined) await readInexactValues(lock, follower.followed.table, rows)
      read.push(tracked)
      for (const follower of tracked.followers) changes.set(follower, rows)
    }
    return { changes, read }
  }

  /**
   * Reads rows of a table that has no trigger yet, as one has none whose connection was just replaced: what is written then is
   * recorded nowhere.
   */
  async readUnrecorded(
    lock: LockContext,
    table: ResolvedTable,
    ids: readonly string[],
  ): Promise<Changes> {
    const tracked = this.get(table)
    if (tracked === undefined || tracked.recording) return new Map() // the trigger was made meanwhile
    const found = await lock.get<{ rows: string }>(selectById(table.internalName), [
      JSON.stringify(ids),
    ])
    const rows: ChangedRows = new Map(JSON.parse(found.rows) as [string, AnyRow | null][])
    await readInexactValues(lock, table, rows)
    return new Map([...tracked.followers].map((follower) => [follower, rows]))
  }

  /** Forgets all records unread. Every table is to be read again then. */
  async forgetRecords(lock: LockContext): Promise<void> {
    await forget(lock, await this.#recording(lock))
  }

  /**
   * Removes what is there of all tables: another database on the file may live on the same connection, for which it would go
   * on recording. A page that is left may stop at any moment, and must not do so with the lock: the others sweep after it.
   */
  async close(): Promise<void> {
    if (!this.#mark.isLeaving) await this.untrack(...this.tables())
  }

  /** What this tab has made in SQLite is for others to sweep: no lock says any more that somebody needs it. */
  release(): void {
    this.#mark.release()
    for (const { ready } of this.tables()) void ready.then(abandonTrigger, () => undefined)
    this.#leftovers.forEach(abandonTrigger)
  }

  /** Begins anew on another connection: what was made on the one before is swept as that of a dead tab. */
  renew(): void {
    this.release()
    this.#mark = new TabMark(this.#database)
    this.#started = undefined
    this.beginnings++
  }

  /** SQLite has the schema that the database names. */
  onSchemaChanged(): void {
    this.#schema = this.#database.schema
  }

  /** The tables whose records can be read: while the schema changes, some may be gone already. */
  async #recording(lock: LockContext): Promise<TrackedTable[]> {
    const recording = this.tables().filter((tracked) => tracked.recording)
    if (this.#database.schema === this.#schema) return recording
    const stored = await lock.getAll<{ name: string }>(selectTableNames)
    const names = new Set(stored.map(({ name }) => name))
    return recording.filter(({ internalName }) => names.has(internalName))
  }

  #forget(tracked: TrackedTable): void {
    if (this.#tables.get(tracked.name) === tracked) this.#tables.delete(tracked.name)
  }

  /** Once a database: takes this tab's mark. */
  #start(): Promise<void> {
    this.#started ??= this.#takeMark().catch((error: unknown) => {
      this.#started = undefined // the next table tries again
      throw error
    })
    return this.#started
  }

  async #takeMark(): Promise<void> {
    await Promise.all([this.#database.waitForReady(), this.#mark.hold()])
  }
}

async function forget(lock: LockContext, tables: readonly TrackedTable[]): Promise<void> {
  for (const { destination } of tables) await lock.execute(clearChanged(destination))
}

function isWantedWhole({ followers }: TrackedTable): boolean {
  return [...followers].some(({ demands }) => demands.wantEverything)
}

/**
 * Of the changed rows those that collections hold, or that a predicate of theirs takes. Windows are read anew: what
 * belongs in one depends on all the others.
 */
async function readWanted(lock: LockContext, tracked: TrackedTable): Promise<ChangedRows> {
  const rows: ChangedRows = new Map()
  for (const { collection, demands, followed, chunkRows } of tracked.followers) {
    const held = JSON.stringify([...new Set(knownKeys(collection))])
    const filter = demands.filter()
    const sql = selectWanted(tracked, filter.sql)
    const wanted = await lock.get<{ rows: string }>(sql, [held, ...filter.parameters])
    for (const [id, data] of JSON.parse(wanted.rows) as [string, AnyRow | null][])
      rows.set(id, data)
    for (const window of demands.windows()) {
      const reader = new SubsetReader(window, followed, { rows: chunkRows, beginSmall: false })
      for (const [id, data] of await reader.read(lock)) rows.set(id, data)
      if (reader.failure !== undefined) throw reader.failure.error
    }
  }
  return rows
}
