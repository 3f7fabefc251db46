/**
 * What is called of the PowerSync SDK beyond its documentation: the tables of a database, diff triggers and their names,
 * the event that tells of a commit. Read in @powersync/common 2.3.0 and @powersync/shared-internals 1.3.0; all that is
 * relied on is in docs/rooms/libraries.md.
 */
import { DiffTriggerOperation } from '@powersync/common'
import type {
  CommonPowerSyncDatabase,
  LockContext,
  ResolvedTable,
  TriggerRemoveCallback,
} from '@powersync/common'
import { RowsignalError } from '../errors.ts'
import type { Stop } from '../readable/readable.ts'
import { tabLocks } from './dead-workers.ts'
import { quote } from './sql.ts'

export type Database = CommonPowerSyncDatabase

/** Everything of ours in SQLite starts with it. */
const prefix = 'rowsignal_'

/**
 * Finds the table in the schema that the database has now.
 *
 * @throws {RowsignalError} `table-not-in-schema`; `table-unsupported` for a raw table; `unsupported-powersync` for a
 * database of another major version.
 */
export function resolveTable(
  database: Database,
  wanted: { readonly name: string } | undefined,
): ResolvedTable {
  assertSupported(database)
  const name = wanted?.name ?? ''
  const table = database.schema.tables.find((candidate) => candidate.name === name)
  if (table !== undefined) {
    assertTrackable(table)
    return table
  }
  if (database.schema.rawTables.some((candidate) => candidate.name === name)) {
    throw new RowsignalError(
      'table-unsupported',
      `collection: \`${name}\` is a raw table, and PowerSync (2.3.0) records no changes of those. ` +
        'Declare it as a Table of the schema, or read it by a query of its own.',
    )
  }
  const known = database.schema.tables.map((candidate) => candidate.name).join(', ')
  throw new RowsignalError(
    'table-not-in-schema',
    `collection: table \`${name}\` is not in the schema of this database, which has ${known || 'no tables'}. ` +
      'Pass a table of the schema that the database was opened with, as `table: schema.props.<name>`.',
  )
}

/** The SDK (2.3.0) makes its diff triggers without quotes around the name of the table. */
function assertTrackable({ name }: ResolvedTable): void {
  if (!/[^\w$\u0080-\uffff]/.test(name)) return
  throw new RowsignalError(
    'table-unsupported',
    `collection: PowerSync (2.3.0) can record no changes of a table named \`${name}\`. ` +
      'Name it by letters, digits, `_` and `$`; a `viewName` may be any, and the name in the upload queue is the connector’s to translate.',
  )
}

function assertSupported(database: Database): void {
  const { triggers, database: adapter } = database as Partial<Database>
  if (
    typeof triggers?.createDiffTrigger === 'function' &&
    typeof adapter?.registerListener === 'function'
  ) {
    return
  }
  const version = (database as Partial<Database>).sdkVersion ?? 'unknown'
  throw new RowsignalError(
    'unsupported-powersync',
    `capture: the database comes from a PowerSync SDK without diff triggers (its version: ${version}). ` +
      'Install @powersync/common 2.3 or a later 2.x, in one copy.',
  )
}

/**
 * Whether the database can't hold rows: where there is no `window`, as on a server, @powersync/web 2.4.0 opens one that
 * answers every query with nothing, unless `ssrMode: false` says otherwise. Its adapter is known by its name alone.
 */
export function isServerDatabase(database: Database): boolean {
  return database.database.name === 'SSR DB'
}

/** Calls `listener` after each commit with the names of the tables that it touched, unthrottled and unmerged. */
export function onCommit(database: Database, listener: (tables: readonly string[]) => void): Stop {
  return database.database.registerListener({
    tablesUpdated: (update) => listener(update.tables),
  })
}

/** The names of all tables whose commits somebody may listen to: those of the schema, and PowerSync's own. */
export function tablesOf({ schema }: Database): string[] {
  return [...schema.tables.map(({ internalName }) => internalName), 'ps_crud', 'ps_kv']
}

/** Makes a trigger that records the ids, and only the ids, of changed rows of `table` in `destination`. */
export function createIdTrigger(
  database: Database,
  table: ResolvedTable,
  destination: string,
): Promise<TriggerRemoveCallback> {
  return database.triggers.createDiffTrigger({
    source: table.viewName,
    destination,
    columns: [],
    when: {
      [DiffTriggerOperation.INSERT]: 'TRUE',
      [DiffTriggerOperation.UPDATE]: 'TRUE',
      [DiffTriggerOperation.DELETE]: 'TRUE',
    },
  })
}

/**
 * This tab's mark: part of the names of its tracking tables, and the name of a lock that it holds while it lives.
 *
 * On storage that tabs reach through one shared connection the triggers are TEMP objects of that connection, so those
 * of a tab that died go on recording for nobody; the SDK cleans up only stored ones that are whole. Names that no lock
 * holds are swept by the next tab.
 */
export class TabMark {
  readonly #id = crypto.randomUUID().replaceAll('-', '_')
  #tables = 0
  #release: Stop | undefined

  /** A new name for a tracking table of this tab. */
  nextDestination(): string {
    return `${prefix}${this.#id}_${++this.#tables}`
  }

  /** Takes the lock; must be done before the first table is made, or another tab would sweep it. */
  async hold(): Promise<void> {
    const locks = tabLocks()
    if (locks === undefined) return
    await new Promise<void>((held, failed) => {
      locks
        .request(prefix + this.#id, () => {
          held()
          return new Promise<void>((release) => {
            this.#release = release
          })
        })
        .catch(failed)
    })
  }

  release(): void {
    this.#release?.()
  }
}

const uuid = '[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}'
const trackingTable = new RegExp(`^(${prefix}${uuid})_\\d+$`)
/** As the SDK (2.3.0) names the triggers of a destination. */
const trackingTrigger = new RegExp(
  `^__ps_temp_trigger_(?:insert|update|delete)__(${prefix}${uuid})_\\d+__${uuid}$`,
)

/**
 * Removes the triggers and tracking tables of tabs that are gone: TEMP ones on a connection that tabs share, and stored
 * tables whose triggers the end of a tab has cut off (the SDK finds a table only by its triggers).
 *
 * Only what is named and made as ours is: an app may have `rowsignal_…` of its own.
 */
export async function sweepDeadTabs(database: Database): Promise<void> {
  const locks = tabLocks()
  if (locks === undefined) return
  await database.writeLock(async (lock) => {
    const ours = await tracking(lock)
    if (ours.length === 0) return
    const { held } = await locks.query()
    const living = new Set(held?.map((entry) => entry.name))
    const dead = ours.filter(({ mark }) => !living.has(mark))
    for (const { type, name } of dead) await lock.execute(`DROP ${type} IF EXISTS ${quote(name)}`)
  })
}

/** The tracking tables of all tabs and their triggers, these first, in the file and among what is TEMP. */
async function tracking(
  lock: LockContext,
): Promise<{ type: 'trigger' | 'table'; name: string; mark: string }[]> {
  const found = await lock.getAll<{ type: 'trigger' | 'table'; name: string }>(
    `SELECT type, name FROM sqlite_temp_master WHERE type IN ('trigger', 'table')
     UNION ALL SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'table') ORDER BY type DESC`,
  )
  return found.flatMap(({ type, name }) => {
    const mark = (type === 'table' ? trackingTable : trackingTrigger).exec(name)?.[1]
    return mark === undefined ? [] : [{ type, name, mark }]
  })
}
