/**
 * Refused operations in SQL: what of the upload queue is stored of them, and how they get back into it. `refused` is the name
 * of the view of their table. Read in PowerSync core 0.5.3.
 */
import { quote } from './sql.ts'

/** A refused operation's key: two devices never share one, and the queue never gives a number twice. */
const keyOfQueued = "powersync_client_id() || '/' || queue.id"

/** The server's row as it was downloaded last, also if it is not shown yet. */
const rowOfServer = (table: string, id: string): string =>
  `(SELECT data FROM ps_oplog WHERE row_type = ${table} AND row_id = ${id} ORDER BY op_id DESC LIMIT 1)`

/**
 * Stores operations of the queue as refused, each under its key. The JSON is the queue's own text, since a number that
 * JavaScript has read may be another.
 *
 * Parameters: `[[number, reason, code, status, key of the refused insert that it goes with], …]` as JSON text, the time.
 */
export function storeRefused(refused: string): string {
  return `
INSERT INTO ${quote(refused)}
  (id, reason, code, status, behind, refused_at, operation_id, transaction_id, table_name, row_id, operation, data, metadata,
   row_before)
SELECT ${keyOfQueued}, given.value->>1, given.value->>2, given.value->>3, given.value->>4, ?2, queue.id, queue.tx_id,
  queue.data->>'type', queue.data->>'id', queue.data->>'op', queue.data->'data', queue.data->>'metadata',
  ifnull(queue.data->'old', ${rowOfServer("queue.data->>'type'", "queue.data->>'id'")})
FROM json_each(?1) AS given JOIN ps_crud AS queue ON queue.id = given.value->>0`
}

/**
 * The id of the client, and the refused inserts of some rows that operations may go with: `[key, table, row, whether the server
 * has the row]`, in the order of the queue, as JSON text. Parameter: `[[table, row], …]` as JSON text.
 *
 * The id is asked of SQLite: the SDK (1.3.0) keeps the promise of its own question, also when that has failed.
 */
export function selectRefusedInserts(refused: string): string {
  return `
SELECT powersync_client_id() AS client, json_group_array(json_array(id, table_name, row_id,
  ${rowOfServer('refused.table_name', 'refused.row_id')} IS NOT NULL)) AS found
FROM (SELECT * FROM ${quote(refused)} ORDER BY operation_id) AS refused
WHERE operation = 'PUT' AND is_superseded IS NOT 1
  AND (table_name, row_id) IN (SELECT value->>0, value->>1 FROM json_each(?))`
}

/** Whether the server has a row, as it was downloaded last. Parameters: table, id. */
export const selectIsOnServer = `SELECT ${rowOfServer('?1', '?2')} IS NOT NULL AS found`

/** Forgets refused operations. Parameter: their keys as JSON text. */
export function deleteRefused(refused: string): string {
  return `DELETE FROM ${quote(refused)} WHERE id IN (SELECT value FROM json_each(?))`
}

/** Nothing goes with these refused inserts any more. Parameter: their keys as JSON text. */
export function supersedeRefused(refused: string): string {
  return `UPDATE ${quote(refused)} SET is_superseded = 1 WHERE id IN (SELECT value FROM json_each(?))`
}

/** All refused operations, in the order of the queue. */
export function selectRefused(refused: string): string {
  return `SELECT * FROM ${quote(refused)} ORDER BY operation_id, id`
}

/** Refused operations and those that go with them, in the order of the queue. Parameter: keys as JSON text. */
export function selectRefusedWith(refused: string): string {
  return `
SELECT * FROM ${quote(refused)}
WHERE id IN (SELECT value FROM json_each(?1)) OR behind IN (SELECT value FROM json_each(?1))
ORDER BY operation_id, id`
}

/**
 * The operations of the queue that go with refused inserts, `[[number, reason, null, null, key of the insert], …]` as JSON text:
 * what `storeRefused` takes. Parameters: keys of inserts as JSON text, the reason.
 */
export function selectQueuedBehind(refused: string): string {
  const sameRow = "queue.data->>'type' = refused.table_name AND queue.data->>'id' = refused.row_id"
  return `
SELECT json_group_array(json_array(id, ?2, NULL, NULL, key)) AS found FROM (
  SELECT queue.id, refused.id AS key,
    min(CASE WHEN queue.data->>'op' = 'PUT' THEN queue.id END)
      OVER (PARTITION BY refused.id) AS next_insert
  FROM ${quote(refused)} AS refused JOIN ps_crud AS queue ON ${sameRow} AND queue.id > refused.operation_id
  WHERE refused.id IN (SELECT value FROM json_each(?1)) AND refused.operation = 'PUT'
    AND refused.is_superseded IS NOT 1 AND ${rowOfServer('refused.table_name', 'refused.row_id')} IS NULL)
WHERE next_insert IS NULL OR id < next_insert`
}

/** Takes operations out of the queue. Parameter: as `storeRefused` takes them; of each only the number is needed. */
export const deleteQueued = 'DELETE FROM ps_crud WHERE id IN (SELECT value->>0 FROM json_each(?))'

/** Takes all operations up to one out of the queue, as `complete` of the SDK does. Parameter: the number of the last. */
export const deleteSent = 'DELETE FROM ps_crud WHERE id <= ?'

/** The fields of two objects as one, those of the second where both have one; a null of it too, which `json_patch` drops. */
const merged = (first: string, second: string): string => `(
  SELECT json_group_object(key, json(json_quote(value))) FROM (
    SELECT key, value FROM json_each(ifnull(${first}, '{}'))
    WHERE key NOT IN (SELECT key FROM json_each(${second}))
    UNION ALL SELECT key, value FROM json_each(${second})))`

/** Two objects as one, as above, as JSON text `data`. Parameters: both as JSON text. */
export const selectMerged = `SELECT ${merged('?1', '?2')} AS data`

/**
 * How an operation is done to its stored row, past the view, whose triggers would queue only what differs from what is shown:
 * of a change that is still shown, nothing. Parameters: the id, the fields as JSON text (not of a DELETE).
 */
export function applyOperation(op: 'PUT' | 'PATCH' | 'DELETE', internalName: string): string {
  const table = quote(internalName)
  switch (op) {
    case 'PUT':
      return `INSERT OR REPLACE INTO ${table} (id, data) VALUES (?1, ?2)`
    case 'PATCH':
      return `UPDATE ${table} SET data = ${merged('data', '?2')} WHERE id = ?1 RETURNING id`
    case 'DELETE':
      return `DELETE FROM ${table} WHERE id = ?1`
  }
}

/** Puts an operation into the upload queue. Parameters: op, table, id, fields and old fields as JSON text, metadata. */
export const queueOperation =
  'INSERT INTO powersync_crud (op, type, id, data, old_values, metadata) VALUES (?, ?, ?, json(?), json(?), ?)'

/** How many operations wait in the queue, and how many are refused (0 without a table for them). */
export function selectPending(refused: string | undefined): string {
  const count = refused === undefined ? '0' : `(SELECT count(*) FROM ${quote(refused)})`
  return `SELECT (SELECT count(*) FROM ps_crud) AS waiting, ${count} AS refused`
}
