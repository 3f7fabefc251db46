/** How many rows SQLite has, whatever a collection holds of them. */
import { type Collection, IR, Query, type Ref } from '@tanstack/db'
import { type AnyCollection, type AnyRow, queryOf } from '../libraries/tanstack.ts'
import { sqlQuery } from '../query/sql-query.ts'
import { createReadable, type Readable } from '../readable/readable.ts'
import { compileSubset, countStatement } from '../subset/subset.ts'
import { targetOf } from '../write/write-target.ts'

/** What `count` tells. */
export interface RowCount {
  /** Undefined before it has been counted for the first time. */
  readonly count: number | undefined
  /** Whether it has not been counted yet, or not since the last listener left. */
  readonly isLoading: boolean
  /** Why it could not be counted; the number is as it was then. */
  readonly error: Error | undefined
}

/**
 * How many rows a collection's table has in SQLite: all, or those that meet a condition. A write counts when SQLite has it.
 *
 * Shape: the same value until the number differs. Nothing runs before the first listener.
 * Cost: one statement under the write lock for each commit that touches the table, and no row in memory. For a condition that
 * SQLite can't check (docs/on-demand.md), the rows that may meet it are read.
 *
 * @param where As in a query: `(place) => gt(place.population, 1_000_000)`.
 * @throws {RowsignalError} `not-a-powersync-collection`.
 * @example
 * const many = count(places, (place) => eq(place.country, 'DE'))
 * many.subscribe(({ count }) => render(count))
 */
export function count<Row extends object>(
  // oxlint-disable-next-line typescript/no-explicit-any -- whatever its utilities and its schema are
  collection: Collection<Row, string, any, any, any>,
  where?: (row: Ref<Row>) => unknown,
): Readable<RowCount> {
  const followed = targetOf(collection as AnyCollection)
  const condition =
    where === undefined ? undefined : conditionOf(collection as AnyCollection, where)
  const { table, sqlColumns, codec, database } = followed
  const subset = compileSubset(
    table,
    sqlColumns,
    condition === undefined ? {} : { where: condition },
  )
  const { sql, parameters } = subset.filter.exact
    ? countStatement(table, subset.filter)
    : subset.statement()
  const rows = sqlQuery<{ count: number } | { rows: string }>(database, sql, parameters)

  const numberOf = (row: { count: number } | { rows: string }): number => {
    if ('count' in row) return row.count
    const stored = JSON.parse(row.rows) as [string, AnyRow][]
    return stored.filter(([id, data]) => {
      const decoded = codec.decode(id, data)
      return 'row' in decoded && subset.matches(decoded.row)
    }).length
  }
  let from = rows.get()
  let value: RowCount = { count: undefined, isLoading: true, error: undefined }
  return createReadable({
    get() {
      const next = rows.get()
      if (next === from) return value
      const [row] = next.rows
      const number = next.rows === from.rows || row === undefined ? value.count : numberOf(row)
      const { isLoading, error } = (from = next)
      const isSame =
        number === value.count && isLoading === value.isLoading && error === value.error
      if (!isSame) value = { count: number, isLoading, error }
      return value
    },
    start: (changed) => rows.listen(changed),
  })
}

/** What TanStack DB's query builder makes of a condition, without the alias of the collection. */
function conditionOf(
  collection: AnyCollection,
  where: (row: never) => unknown,
): IR.BasicExpression<boolean> {
  const query = new Query()
    .from({ row: collection })
    .where(({ row }) => where(row as never) as IR.BasicExpression<boolean>)
  const [condition] = queryOf(query).where!
  const isWrapped = typeof condition === 'object' && 'expression' in condition
  return withoutAlias(isWrapped ? condition.expression : condition!)
}

function withoutAlias<Value>(expression: IR.BasicExpression<Value>): IR.BasicExpression<Value> {
  if (expression.type === 'ref') return new IR.PropRef(expression.path.slice(1))
  if (expression.type !== 'func') return expression
  return new IR.Func(expression.name, expression.args.map(withoutAlias))
}
