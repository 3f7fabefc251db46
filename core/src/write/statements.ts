/** The mutations of a transaction as statements, and running them. */
import type { LockContext, ResolvedTable } from '@powersync/common'
import type { PendingMutation } from '@tanstack/db'
import type { RowCodec } from '../codec/codec.ts'
import { isReadableId, type SqliteValue } from '../codec/sqlite-values.ts'
import { RowsignalError } from '../errors.ts'
import { deleteRow, insertRows, touchRows, updateRows } from '../libraries/sql.ts'
import { targetOf } from './write-target.ts'

export interface Statement {
  /**
   * `mark`: a delete with metadata, which the core takes as an update of `_deleted`. `touch`: an update that comes to what
   * the row was, which queues nothing.
   */
  readonly action: PendingMutation['type'] | 'mark' | 'touch'
  /** What neighbouring mutations must share to go as one. */
  readonly kind: string
  readonly sql: string
  readonly rows: SqliteValue[][]
}

/** @throws {RowsignalError} `no-row` when a row to update is gone; what SQLite throws. */
export async function runStatement(lock: LockContext, statement: Statement): Promise<void> {
  const { action, sql, rows } = statement
  if (action === 'delete') {
    await lock.executeBatch(sql, rows)
    return
  }
  const found = await lock.getAll<{ id: string }>(sql, [JSON.stringify(rows)])
  if (action === 'update') assertUpdated(statement, found)
}

/** An update of a row that the sync has taken away meanwhile would be lost without a word. */
function assertUpdated({ kind, rows }: Statement, updated: readonly { id: string }[]): void {
  if (updated.length === rows.length) return
  const ids = new Set(updated.map(({ id }) => id))
  const gone = rows.map(([id]) => id).filter((id) => !ids.has(String(id)))
  throw new RowsignalError(
    'no-row',
    `write: the ${kind} found no row \`${gone.join('`, `')}\`; it was deleted before the write reached SQLite. Nothing was written.`,
  )
}

/**
 * Neighbouring mutations of one table, kind and set of columns go as one statement: n rows are not n messages.
 *
 * @throws {RowsignalError} `metadata-not-tracked`, `column-not-in-schema`, `value-unsupported`.
 */
export function statementsOf(mutations: readonly PendingMutation[]): Statement[] {
  const statements: Statement[] = []
  for (const mutation of mutations) {
    const statement = statementOf(mutation)
    const last = statements.at(-1)
    if (last?.kind === statement.kind) last.rows.push(...statement.rows)
    else statements.push(statement)
  }
  return statements
}

function statementOf(mutation: PendingMutation): Statement {
  const { table, codec } = targetOf(mutation.collection)
  const { type } = mutation
  const id = idOf(mutation, table)
  const view = table.viewName
  const metadata = metadataOf(mutation, table)
  if (type === 'delete' && metadata === undefined) {
    return { action: 'delete', kind: `delete of ${view}`, sql: deleteRow(view), rows: [[id]] }
  }
  const action = type === 'delete' ? 'mark' : type
  const values = type === 'delete' ? { _deleted: 1 } : encodeWith(codec, mutation)
  if (type === 'update' && Object.keys(values).length === 0) {
    return {
      action: 'touch',
      kind: `touch of ${view}`,
      sql: touchRows(table.internalName),
      rows: [[id]],
    }
  }
  const row = { ...values, ...metadata }
  const columns = Object.keys(row)
  return {
    action,
    kind: `${action} of ${view} (${columns.join()})`,
    sql: action === 'insert' ? insertRows(view, ['id', ...columns]) : updateRows(view, columns),
    rows: [[id, ...Object.values(row)]],
  }
}

function encodeWith(
  codec: RowCodec,
  { type, modified, changes, original }: PendingMutation,
): Record<string, SqliteValue> {
  return type === 'insert' ? codec.encode(modified) : codec.encode(changes, original)
}

/** By an id that a driver cuts short another row would be written. */
function idOf({ type, key }: PendingMutation, table: ResolvedTable): string {
  if (isReadableId(key)) return key
  throw new RowsignalError(
    'value-unsupported',
    `write: the ${type} of \`${String(key)}\` in table \`${table.name}\` was refused, since SQLite's drivers can't carry this id. ` +
      'Give a text of whole characters without NUL and U+FFFD.',
  )
}

function metadataOf(
  { metadata, collection }: PendingMutation,
  table: ResolvedTable,
): { _metadata: string } | undefined {
  if (metadata === undefined || metadata === null) return undefined
  if (table.trackMetadata) {
    return { _metadata: typeof metadata === 'string' ? metadata : JSON.stringify(metadata) }
  }
  throw new RowsignalError(
    'metadata-not-tracked',
    `write: metadata was given for collection \`${collection.id}\`, but table \`${table.name}\` does not track it. ` +
      'Add `trackMetadata: true` to the table, or leave the metadata out.',
  )
}
