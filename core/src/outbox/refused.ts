/**
 * The writes that the server has refused, for the user to mend, to send again, or to give up. Each stays until then: also when
 * the server's value of the row has come back, it is beside it.
 */
import { ours } from '../libraries/lock-holders.ts'
import type { ResolvedTable, Transaction } from '@powersync/common'
import { RowsignalError } from '../errors.ts'
import { withdrawnOf } from './withdrawn.ts'
import type { Database } from '../libraries/powersync.ts'
import {
  applyOperation,
  deleteQueued,
  deleteRefused,
  queueOperation,
  selectMerged,
  selectQueuedBehind,
  selectRefusedWith,
  storeRefused,
} from '../libraries/refused-sql.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable } from '../readable/readable.ts'
import { behindReason } from './keep-refused.ts'
import { type RefusedRow, refusedRowsOf } from './refused-rows.ts'
import { refusedTableOf } from './tables.ts'

/** Values of columns as SQLite takes them. */
export type ChangedValues = Readonly<Record<string, string | number | boolean | null>>

/** An operation as the upload queue had it. */
export interface RefusedFields {
  /** `PUT`: an insert. `PATCH`: an update. */
  readonly operation: 'PUT' | 'PATCH' | 'DELETE'
  /** Of an insert all columns that are not null, of an update the changed ones. */
  readonly data: Readonly<Record<string, unknown>> | undefined
  readonly metadata: string | undefined
}

/** A write of one row that was refused. */
export interface RefusedWrite extends RefusedFields {
  readonly id: string
  /** What the backend said. */
  readonly reason: string
  readonly code: string | undefined
  /** Of HTTP. */
  readonly status: number | undefined
  readonly at: Date
  /** The name of the table in the schema. */
  readonly table: string
  readonly rowId: string
  /** The same for all that one transaction had written, on this device. */
  readonly transaction: number | undefined
  /** The row before the write: with `trackPrevious` as it was here, else as the server had it; undefined if it was new. */
  readonly before: Readonly<Record<string, unknown>> | undefined
  /** Later writes of the row of a refused insert, which wait with it. */
  readonly later: readonly RefusedFields[]
}

/** The refused writes of a database, and what can be done about them. */
export interface RefusedWrites extends Readable<readonly RefusedWrite[]> {
  /**
   * Writes it again as what it is now, with what waits behind it, as one transaction; with other values for some columns if
   * they are given. Several at once are one transaction, in the order in which they were written.
   *
   * @throws {RowsignalError} rejects with `no-row` when it is not refused any more, or changes a row that is gone;
   * `column-not-in-schema`. Nothing was done then.
   */
  readonly retry: (id: string | readonly string[], changed?: ChangedValues) => Promise<void>
  /** Gives it up, with what waits behind it. The row is what the server has, or comes to be at the next checkpoint. */
  readonly discard: (id: string | readonly string[]) => Promise<void>
}

/**
 * The writes of this database that the server has refused, oldest first, of this session and of those before.
 *
 * Shape: the same readable for the same database; an entry is the same object until the list changes. Empty until SQLite has
 * been read.
 * Source: the table of `rowsignalTables`.
 *
 * @throws {RowsignalError} `refused-table-missing`
 * @example
 * for (const { id, reason } of refused(database).get()) show(reason, () => refused(database).retry(id))
 */
export function refused(database: Database): RefusedWrites {
  refusedTableOf(database)
  return refusedOf(database)
}

const refusedOf = perObject((database: Database): RefusedWrites => {
  const source = refusedRowsOf(database)
  let rows: readonly RefusedRow[] = []
  let writes: readonly RefusedWrite[] = []
  const readable = createReadable({
    get() {
      const read = source.get()
      if (read !== rows) writes = writesOf(read)
      rows = read
      return writes
    },
    start: (changed) => source.listen(changed),
  })
  return {
    ...readable,
    retry: (id, changed) => retry(database, idsOf(id), changed),
    discard: (id) =>
      withdrawing(database, async (tx, withdrawn) => {
        await take(tx, { table: refusedTableOf(database), ids: idsOf(id), withdrawn })
      }),
  }
})

function idsOf(id: string | readonly string[]): readonly string[] {
  return typeof id === 'string' ? [id] : id
}

function writesOf(rows: readonly RefusedRow[]): readonly RefusedWrite[] {
  const isThere = new Set(rows.map(({ id }) => id))
  const isBehind = ({ behind }: RefusedRow): boolean => behind !== null && isThere.has(behind)
  const later = new Map<string | null, RefusedRow[]>()
  for (const row of rows.filter(isBehind))
    later.set(row.behind, [...(later.get(row.behind) ?? []), row])
  return rows
    .filter((row) => !isBehind(row))
    .map((row) => ({
      id: row.id,
      ...fieldsOf(row),
      reason: row.reason,
      code: row.code ?? undefined,
      status: row.status ?? undefined,
      at: new Date(row.refused_at),
      table: row.table_name,
      rowId: row.row_id,
      transaction: row.transaction_id ?? undefined,
      before: objectOf(row.row_before),
      later: (later.get(row.id) ?? []).map(fieldsOf),
    }))
}

function fieldsOf({ operation, data, metadata }: RefusedRow): RefusedFields {
  return { operation, data: objectOf(data), metadata: metadata ?? undefined }
}

function objectOf(json: string | null): Readonly<Record<string, unknown>> | undefined {
  return json === null ? undefined : (JSON.parse(json) as Record<string, unknown>)
}

interface Taken {
  readonly table: ResolvedTable
  readonly ids: readonly string[]
  /** The operations that are taken out of the queue. */
  readonly withdrawn: number[]
}

/** A transaction that may take operations out of the queue: told before anybody sees that they are gone from it. */
async function withdrawing(
  database: Database,
  run: (tx: Transaction, withdrawn: number[]) => Promise<void>,
): Promise<void> {
  const ids: number[] = []
  const all = withdrawnOf(database)
  try {
    const withdraw = async (tx: Transaction): Promise<void> => {
      await run(tx, ids)
      for (const id of ids) all.add(id)
    }
    await database.writeTransaction(ours('retrying or discarding a write', withdraw))
  } catch (error) {
    for (const id of ids) all.delete(id)
    throw error
  }
}

/**
 * Takes refused operations out of their table, with those behind them, in the order of the queue. What waits in the queue and
 * would go with them is behind them too: sent by itself, before the retry, it would be of a row that the server has never seen.
 */
async function take(
  tx: Transaction,
  { table: { viewName }, ids, withdrawn }: Taken,
): Promise<RefusedRow[]> {
  const keys = JSON.stringify(ids)
  const { found } = await tx.get<{ found: string }>(selectQueuedBehind(viewName), [
    keys,
    behindReason,
  ])
  if (found !== '[]') {
    await tx.execute(storeRefused(viewName), [found, new Date().toISOString()])
    await tx.execute(deleteQueued, [found])
    for (const [id] of JSON.parse(found) as [number][]) withdrawn.push(id)
  }
  const rows = await tx.getAll<RefusedRow>(selectRefusedWith(viewName), [keys])
  const missing = ids.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined)
    throw new RowsignalError(
      'no-row',
      `outbox: no refused write has the id \`${missing}\`. It was retried or discarded, in another tab perhaps.`,
    )
  await tx.execute(deleteRefused(viewName), [JSON.stringify(rows.map(({ id }) => id))])
  return rows
}

async function retry(
  database: Database,
  ids: readonly string[],
  changed: ChangedValues = {},
): Promise<void> {
  await withdrawing(database, async (tx, withdrawn) => {
    const rows = await take(tx, { table: refusedTableOf(database), ids, withdrawn })
    for (const row of rows.filter(({ behind }) => behind === null || !ids.includes(behind))) {
      assertColumns(database, row, changed)
      const behind = rows.filter((later) => later.behind === row.id)
      const operation = await foldOperations(tx, [row, ...behind], changed)
      if (operation !== undefined) await redo(database, tx, operation)
    }
  })
}

/** An insert with its later updates is one insert; if the row was deleted in the end, nothing. */
async function foldOperations(
  tx: Transaction,
  [first, ...later]: readonly [RefusedRow, ...RefusedRow[]],
  changed: ChangedValues,
): Promise<RefusedRow | undefined> {
  if (later.some(({ operation }) => operation === 'DELETE')) return undefined
  if (first.operation === 'DELETE') return first
  let { data } = first
  for (const next of [...later.map((row) => row.data), jsonOf(changed)]) {
    const merged = await tx.get<{ data: string }>(selectMerged, [data, next ?? '{}'])
    data = merged.data
  }
  return { ...first, data, metadata: later.at(-1)?.metadata ?? first.metadata }
}

/** Booleans are what columns take for them. */
function jsonOf(changed: ChangedValues): string {
  return JSON.stringify(changed, (_key, value: unknown) =>
    typeof value === 'boolean' ? Number(value) : value,
  )
}

/** Does an operation to its row here, and puts it into the queue. */
async function redo(database: Database, tx: Transaction, row: RefusedRow): Promise<void> {
  const { operation, table_name, row_id, data, metadata, row_before } = row
  const table = database.schema.tables.find(({ name }) => name === table_name)
  if (table !== undefined && !table.insertOnly) {
    const parameters = operation === 'DELETE' ? [row_id] : [row_id, data]
    const { rows } = await tx.execute(applyOperation(operation, table.internalName), parameters)
    if (operation === 'PATCH' && (rows?.length ?? 0) === 0)
      throw new RowsignalError(
        'no-row',
        `outbox: the row \`${row_id}\` of table \`${table_name}\`, whose update was refused, is gone. Discard the refused write, or insert the row again.`,
      )
  }
  const previous = table?.trackPrevious ? row_before : null
  await tx.execute(queueOperation, [operation, table_name, row_id, data, previous, metadata])
}

function assertColumns(
  { schema }: Database,
  { table_name }: RefusedRow,
  changed: ChangedValues,
): void {
  const table = schema.tables.find(({ name }) => name === table_name)
  const unknown = Object.keys(changed).find(
    (column) => !table?.columns.some(({ name }) => name === column),
  )
  if (unknown === undefined) return
  throw new RowsignalError(
    'column-not-in-schema',
    `outbox: table \`${table_name}\` has no column \`${unknown}\`, so the refused write cannot be retried with it.`,
  )
}
