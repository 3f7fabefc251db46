/**
 * The table that keeps refused writes: one of the user's schema, so that it is read, shown and stored as any other, and
 * cleared with the rest on sign-out.
 *
 * Its name is not one of a tracking table (`rowsignal_<uuid>_<n>`), which the sweep of dead tabs would drop.
 */
import { column, type ResolvedTable, Table } from '@powersync/common'
import { RowsignalError } from '../errors.ts'
import type { Database } from '../libraries/powersync.ts'

const name = 'rowsignal_refused'

/**
 * The tables of ours that a schema has to have for `createConnector`: one, local-only, with a row for each refused operation.
 *
 * Shape of a row: `id` is `<client id>/<number of the operation in the upload queue>`; `data`, `metadata` and `row_before`
 * are as the upload queue has them, `data` and `row_before` as JSON; `refused_at` is an ISO time. `behind` is the `id` of the
 * refused insert that an operation goes with.
 *
 * @example
 * export const schema = new Schema({ trips, stops, ...rowsignalTables })
 */
export const rowsignalTables: { readonly rowsignal_refused: RefusedTable } = {
  [name]: refusedTable(),
}

/** The columns of refused operations. */
export type RefusedTable = ReturnType<typeof refusedTable>

function refusedTable(): Table<{
  reason: typeof column.text
  code: typeof column.text
  status: typeof column.integer
  refused_at: typeof column.text
  table_name: typeof column.text
  row_id: typeof column.text
  operation_id: typeof column.integer
  transaction_id: typeof column.integer
  operation: typeof column.text
  data: typeof column.text
  metadata: typeof column.text
  row_before: typeof column.text
  behind: typeof column.text
  is_superseded: typeof column.integer
}> {
  return new Table(
    {
      reason: column.text,
      code: column.text,
      status: column.integer,
      refused_at: column.text,
      table_name: column.text,
      row_id: column.text,
      operation_id: column.integer,
      transaction_id: column.integer,
      operation: column.text,
      data: column.text,
      metadata: column.text,
      row_before: column.text,
      behind: column.text,
      is_superseded: column.integer,
    },
    { localOnly: true },
  )
}

/** The table as the database has it; undefined if its schema lacks it. */
export function findRefusedTable(database: Database): ResolvedTable | undefined {
  return database.schema.tables.find((table) => table.name === name && table.localOnly)
}

/** @throws {RowsignalError} `refused-table-missing` */
export function refusedTableOf(database: Database): ResolvedTable {
  const table = findRefusedTable(database)
  if (table !== undefined) return table
  throw new RowsignalError(
    'refused-table-missing',
    'outbox: the schema of this database has no table for refused writes, so nothing is uploaded: a write that the server ' +
      'refuses would have to be dropped. Add `...rowsignalTables` (of @rowsignal/core) to the tables of `new Schema({ … })`.',
  )
}
