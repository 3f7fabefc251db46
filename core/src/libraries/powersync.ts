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

export type Database = CommonPowerSyncDatabase

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
  setupContext: LockContext,
  { table, destination }: { readonly table: ResolvedTable; readonly destination: string },
): Promise<TriggerRemoveCallback> {
  return database.triggers.createDiffTrigger({
    setupContext,
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

const nowhere = { execute: () => Promise.resolve() } as unknown as LockContext

/**
 * Gives up the claim of a stored trigger, which is a lock between tabs, and leaves the trigger for others to remove. All is done in
 * microtasks: a page that is left has time for no more.
 */
export function abandonTrigger(remove: TriggerRemoveCallback): void {
  void remove({ context: nowhere })
}

/** Runs `run` in a transaction under a lock that is held: `writeTransaction` gives up after 2 minutes of waiting for it. */
export async function inTransaction<T>(lock: LockContext, run: () => Promise<T>): Promise<T> {
  await lock.execute('BEGIN')
  try {
    const result = await run()
    await lock.execute('COMMIT')
    return result
  } catch (error) {
    await lock.execute('ROLLBACK').catch(() => undefined) // what has failed is told, and not this
    throw error
  }
}
