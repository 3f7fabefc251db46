/**
 * The only place that builds SQL text from names. Values always travel as parameters, rows as one JSON parameter: on
 * the web each statement is a message to a worker, so n rows are one statement and not n.
 */
import { ColumnType } from '@powersync/common'

/** Quotes a table or column name. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A tracking table and the table that holds the rows whose ids it records. */
export interface TrackedNames {
  /** The diff trigger's destination. */
  destination: string
  /** `ps_data__<table>` or `ps_data_local__<table>`. */
  internalName: string
}

/**
 * The recorded ids of several tables with their newest data, in one statement: a row `{ position, changed }` a table,
 * `changed` being `[[id, data | null], …]` as JSON text and null meaning that the row is gone.
 */
export function selectChanged(tables: readonly TrackedNames[]): string {
  return tables
    .map(
      ({ destination, internalName }, position) => `
SELECT ${position} AS position, json_group_array(json_array(recorded.id, json(stored.data))) AS changed
FROM (SELECT DISTINCT id FROM ${quote(destination)}) AS recorded
LEFT JOIN ${quote(internalName)} AS stored ON stored.id = recorded.id`,
    )
    .join('\nUNION ALL')
}

/** The names of the stored tables. */
export const selectTableNames = "SELECT name FROM sqlite_master WHERE type = 'table'"

/** Forgets all recorded ids. Without WHERE, so that SQLite fires no update hook: the drain would feed itself. */
export function clearChanged(destination: string): string {
  return `DELETE FROM ${quote(destination)}`
}

/** A chunk of a table by key: `[[id, data], …]` as JSON text. Parameters: the last id read, the number of rows. */
export function selectChunk(internalName: string): string {
  return `
SELECT json_group_array(json_array(id, json(data))) AS chunk
FROM (SELECT id, data FROM ${quote(internalName)} WHERE id > ? ORDER BY id LIMIT ?)`
}

/**
 * Columns of some rows as the view shows them, integers as text so that no driver rounds one. Parameter: the ids as
 * JSON text.
 */
export function selectColumns(
  viewName: string,
  columns: readonly { readonly name: string; readonly type?: ColumnType | undefined }[],
): string {
  const values = columns.map(({ name, type }) =>
    type === ColumnType.INTEGER ? `CAST(${quote(name)} AS TEXT) AS ${quote(name)}` : quote(name),
  )
  return `SELECT id, ${values.join(', ')} FROM ${quote(viewName)} WHERE id IN (SELECT value FROM json_each(?))`
}

/** Inserts rows of the same columns. Parameter: `[[value of columns[0], …], …]` as JSON text. */
export function insertRows(viewName: string, columns: readonly string[]): string {
  const values = columns.map((_, index) => `value->>${index}`)
  return `INSERT INTO ${quote(viewName)} (${columns.map(quote).join(', ')}) SELECT ${values.join(', ')} FROM json_each(?)`
}

/**
 * Sets the same columns of several rows and returns the ids of those that are there. Parameter:
 * `[[id, value of columns[0], …], …]` as JSON text.
 */
export function updateRows(viewName: string, columns: readonly string[]): string {
  const sets = columns.map((column, index) => `${quote(column)} = change.value->>${index + 1}`)
  return `UPDATE ${quote(viewName)} SET ${sets.join(', ')} FROM json_each(?) AS change WHERE ${quote(viewName)}.id = change.value->>0 RETURNING id`
}

/**
 * Has the triggers record rows that stay as they are: @tanstack/db 0.9.2 keeps an optimistic row until it is shown a stored
 * one. Parameter: `[[id], …]` as JSON text.
 */
export function touchRows(internalName: string): string {
  return `UPDATE ${quote(internalName)} SET data = data WHERE id IN (SELECT value->>0 FROM json_each(?))`
}

/** Deletes one row. Parameter: the id. A batch and not `IN`, which would delete in the order of the ids. */
export function deleteRow(viewName: string): string {
  return `DELETE FROM ${quote(viewName)} WHERE id = ?`
}
