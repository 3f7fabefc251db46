/**
 * Values that `JSON.parse` can't carry: integers beyond 2^53, `1.0` in a text column, nested JSON. The rows that hold
 * one are read once more through the table's view, in the same lock, so that both reading paths show exactly what
 * `SELECT * FROM view` shows. Rows without such a value cost a look at each of their columns.
 */
import type { LockContext, ResolvedTable } from '@powersync/common'
import { selectColumns } from '../libraries/sql.ts'
import { valuesOf } from './sqlite-values.ts'
import type { StoredValue } from './sqlite-values.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

/** Puts what the view shows in place of values in `rows` that are in doubt. */
export async function readInexactValues(
  lock: LockContext,
  table: ResolvedTable,
  rows: Iterable<readonly [id: string, data: AnyRow | null]>,
): Promise<void> {
  const doubtful: { id: string; data: AnyRow; names: ReadonlySet<string> }[] = []
  const columns = new Set<ResolvedTable['columns'][number]>()
  const checks = table.columns.map((column) => ({
    column,
    name: column.name,
    isExact: valuesOf(column.type).isExact,
  }))
  for (const [id, data] of rows) {
    if (data === null) continue
    let names: Set<string> | undefined
    for (const { column, name, isExact } of checks) {
      if (isExact(data[name] as StoredValue)) continue
      columns.add(column)
      if (names === undefined) doubtful.push({ id, data, names: (names = new Set()) })
      names.add(name)
    }
  }
  if (doubtful.length === 0) return
  const asked = [...columns]
  const shown = await lock.getAll<AnyRow & { position: number }>(
    selectColumns(table.viewName, asked),
    [JSON.stringify(doubtful.map(({ id }) => id))],
  )
  for (const row of shown) {
    const { data, names } = doubtful[row.position]!
    for (const [index, { name }] of asked.entries()) {
      // No others: drivers end a text at its first NUL, which `JSON.parse` does not. None that is in doubt holds one.
      if (names.has(name)) data[name] = row[`c${index}`]
    }
  }
}
