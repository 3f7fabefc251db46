/**
 * The only place that builds SQL text from names. Values always travel as parameters, rows as one JSON parameter: on
 * the web each statement is a message to a worker, so n rows are one statement and not n.
 */
import { ColumnType } from '@powersync/common'

/** Quotes a table or column name. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/**
 * A stored id as JSON can say it. PowerSync stores texts; one of another type (a blob, by SQL past its views) is told by
 * a text that no readable id holds.
 */
function idAsText(id: string): string {
  return `iif(typeof(${id}) = 'text', ${id}, char(65533) || hex(${id}))`
}

/** A stored row as JSON text, `[id, data]`, of the alias `stored`. The stored JSON is put together as it is. */
export const storedRowAsJson: string = `'[' || json_quote(${idAsText('stored.id')}) || ',' || ifnull(stored.data, 'null') || ']'`

/** A column of the alias `stored` as the views show it, in the very words of the SDK's indexes, so that they are used. */
export function storedColumn(name: string, type: ColumnType): string {
  return `CAST(json_extract(stored.data, '$.${name.replaceAll("'", "''")}') AS ${type})`
}

/** SQL text with the values of its `?`. */
export interface Statement {
  readonly sql: string
  readonly parameters: readonly (string | number | null)[]
}

/** A tracking table and the table that holds the rows whose ids it records. */
export interface TrackedNames {
  /** The diff trigger's destination. */
  destination: string
  /** `ps_data__<table>` or `ps_data_local__<table>`. */
  internalName: string
  /** At most so many ids are looked at. */
  limit?: number | undefined
}

/**
 * The recorded ids of several tables with their newest data, in one statement: a row `{ position, changed }` a table,
 * `changed` being `[[id, data | null], …]` as JSON text and null meaning that the row is gone.
 */
export function selectChanged(tables: readonly TrackedNames[]): string {
  return tables
    .map(
      ({ destination, internalName, limit }, position) => `
SELECT ${position} AS position, json_group_array(json_array(${idAsText('recorded.id')}, json(stored.data))) AS changed
FROM (SELECT DISTINCT id FROM ${quote(destination)}${limit === undefined ? '' : ` LIMIT ${limit}`}) AS recorded
LEFT JOIN ${quote(internalName)} AS stored ON stored.id = recorded.id`,
    )
    .join('\nUNION ALL')
}

/**
 * As `changed` of `selectChanged`, as `rows`, for one table: of the recorded ids those in a list, and those whose row a predicate
 * over `stored` takes. Parameters: the list as JSON text, then the predicate's.
 */
export function selectWanted(
  { destination, internalName }: TrackedNames,
  predicate: string,
): string {
  return `
SELECT json_group_array(json_array(${idAsText('recorded.id')}, json(stored.data))) AS rows
FROM (SELECT DISTINCT id FROM ${quote(destination)}) AS recorded
LEFT JOIN ${quote(internalName)} AS stored ON stored.id = recorded.id
WHERE recorded.id IN (SELECT value FROM json_each(?)) OR (${predicate})`
}

/** As `changed` of `selectChanged`, as `rows`, for ids of one table. Parameter: the ids as JSON text. */
export function selectById(internalName: string): string {
  return `
SELECT json_group_array(json_array(wanted.value, json(stored.data))) AS rows
FROM json_each(?) AS wanted LEFT JOIN ${quote(internalName)} AS stored ON stored.id = wanted.value`
}

/** The names of the stored tables. */
export const selectTableNames = "SELECT name FROM sqlite_master WHERE type = 'table'"

/** Forgets all recorded ids. Without WHERE, so that SQLite fires no update hook: the drain would feed itself. */
export function clearChanged(destination: string): string {
  return `DELETE FROM ${quote(destination)}`
}

/**
 * A chunk of a table as the JSON text of `{ "rows": [[id, data], …], "last": the place of the last }`; null when it has more bytes
 * than it may. Parameters: the place to go on after (of `next` alone), the number of rows, the number of bytes.
 *
 * `first` and `next` are by key; `any` is what SQLite has soonest, whose place is of no use. The place is SQLite's own: an id as a driver gives it may be another one, as drivers end a text at a NUL and replace
 * what is no UTF-8, and a read that goes on after that one leaves rows out or never ends.
 *
 * The stored JSON is put together as it is: parsing it here, too, would take a third longer. That pays for the look at the
 * sizes.
 *
 * @param predicate Only of rows that it takes, over the alias `stored`; its parameters go after the place.
 */
export function selectChunk(
  internalName: string,
  which: 'any' | 'first' | 'next',
  predicate?: string,
): string {
  const after = `stored.id > (SELECT iif(place LIKE 'text%', CAST(bytes AS TEXT), bytes)
              FROM (SELECT place, unhex(substr(place, 5)) AS bytes FROM (SELECT ? AS place)))`
  const conditions = [
    ...(which === 'next' ? [after] : []),
    ...(predicate === undefined ? [] : [`(${predicate})`]),
  ]
  const where =
    conditions.length === 0
      ? ''
      : `
  WHERE ${conditions.join(' AND ')}`
  const order = which === 'any' ? 'rowid' : 'id'
  return `
WITH chunk AS NOT MATERIALIZED (
  SELECT id, data FROM ${quote(internalName)} AS stored${where} ORDER BY stored.${order} LIMIT ?)
SELECT CASE WHEN (SELECT total(octet_length(data)) FROM chunk) <= ? THEN (
  SELECT '{"rows":[' || ifnull(group_concat(${storedRowAsJson}), '') || '],"last":"' || typeof(max(id)) || hex(max(id)) || '"}'
  FROM chunk AS stored) END AS chunk`
}

/**
 * Columns of some rows as the view shows them, integers as text so that no driver rounds one: `position` is that of the
 * id in the parameter, the ids as JSON text, and `c0`, `c1`, … are the columns.
 */
export function selectColumns(
  viewName: string,
  columns: readonly { readonly name: string; readonly type?: ColumnType | undefined }[],
): string {
  const values = columns.map(({ name, type }, index) => {
    const value = `shown.${quote(name)}`
    return `${type === ColumnType.INTEGER ? `CAST(${value} AS TEXT)` : value} AS c${index}`
  })
  return `
SELECT wanted.key AS position, ${values.join(', ')}
FROM json_each(?) AS wanted CROSS JOIN ${quote(viewName)} AS shown ON shown.id = wanted.value`
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
  return `UPDATE ${quote(viewName)} AS target SET ${sets.join(', ')} FROM json_each(?) AS change WHERE target.id = change.value->>0 RETURNING id`
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
