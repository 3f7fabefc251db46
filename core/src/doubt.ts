/**
 * Values that `JSON.parse` can't carry: integers beyond 2^53, `1.0` in a text column, nested JSON. The rows that hold
 * one are read once more through the table's view, in the same lock, so that both reading paths show exactly what
 * `SELECT * FROM view` shows. Rows without such a value cost a look at each of their columns.
 */
import type { LockContext, ResolvedTable } from '@powersync/common'
import { selectColumns } from './sql.ts'
import { valuesOf } from './sqlite-values.ts'
import type { StoredValue } from './sqlite-values.ts'
import type { AnyRow } from './tanstack.ts'

/** Puts what the view shows in place of values in `rows` that are in doubt. */
export async function settleDoubts(
  lock: LockContext,
  table: ResolvedTable,
  rows: Iterable<readonly [id: string, data: AnyRow | null]>,
): Promise<void> {
  const doubtful = new Map<string, AnyRow>()
  const columns = new Set<ResolvedTable['columns'][number]>()
  const checks = table.columns.map((column) => ({
    column,
    name: column.name,
    isExact: valuesOf(column.type).isExact,
  }))
  for (const [id, data] of rows) {
    if (data === null) continue
    for (const { column, name, isExact } of checks) {
      if (isExact(data[name] as StoredValue)) continue
      doubtful.set(id, data)
      columns.add(column)
    }
  }
  if (doubtful.size === 0) return
  const shown = await lock.getAll<{ id: string }>(selectColumns(table.viewName, [...columns]), [
    JSON.stringify([...doubtful.keys()]),
  ])
  for (const { id, ...values } of shown) Object.assign(doubtful.get(id)!, values)
}
