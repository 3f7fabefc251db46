/** The statements that read rows, `rows` being the JSON text `[[id, data], …]`. */
import { type FirstColumn, orderSql, placeOf } from './order.ts'
import { bind, every, everything, raw, sql, type Sql } from './sql-text.ts'
import type { WhereSql } from './where.ts'
import { type Statement, storedRowAsJson } from '../libraries/sql.ts'

const rowsAsJson = raw(`'[' || ifnull(group_concat(${storedRowAsJson}), '') || ']' AS rows`)

export function selectRows(from: Sql, where: Sql, end: Sql): Statement {
  const { text, parameters } = sql`
SELECT ${rowsAsJson} FROM (SELECT stored.id, stored.data FROM ${from} AS stored WHERE ${where}${end}) AS stored`
  return { sql: text, parameters }
}

/**
 * The rows of a window: those up to the place that its last row has in the first column of the order.
 *
 * The place is that of the n-th row among those that are taken for sure. So there are n rows up to it, and each row of the
 * real window is among the rows up to it that may be taken, ties and rows in doubt included.
 */
export function selectWindow(
  { from, where, first }: { from: Sql; where: WhereSql; first: FirstColumn },
  limit: number,
): Statement {
  const { value, isDescending, areNullsFirst } = first
  const presence = value.presence
  const isKnown =
    presence === undefined ? everything : sql`(${value.sql} IS NOT NULL OR ${presence} IS NULL)`
  const sure = every([where.subset, isKnown])
  // Greater than all texts and numbers, or less.
  const open = raw(!isDescending ? "x''" : value.kind === 'text' ? "''" : '-9e999')
  // Without a row there is no end; a row without a value is the first or the last of all.
  const end = areNullsFirst
    ? sql`(SELECT iif(count(*) = 0, ${open}, max(value)) FROM place)`
    : sql`(SELECT ifnull(max(value), ${open}) FROM place)`
  const withValue = every([
    where.superset,
    sql`${value.sql} ${raw(isDescending ? '>=' : '<=')} ${end}`,
  ])
  const isWanted = areNullsFirst ? everything : sql`(SELECT max(value) FROM last) IS NULL`
  const isDoubtful = presence === undefined ? undefined : sql`${presence} IS NOT NULL`
  const nullsWanted =
    isDoubtful === undefined || areNullsFirst ? isWanted : sql`(${isWanted} OR ${isDoubtful})`
  const withoutValue = every([where.superset, sql`${value.sql} IS NULL`, nullsWanted])
  const { text, parameters } = sql`
WITH RECURSIVE last AS MATERIALIZED (
  SELECT ${value.sql} AS value FROM ${from} AS stored WHERE ${sure} ORDER BY ${orderSql(first)} LIMIT 1 OFFSET ${bind(limit - 1)}),
${placeOf(first)}
SELECT ${rowsAsJson}, NOT EXISTS (SELECT 1 FROM last) AS isWhole FROM (
SELECT stored.id, stored.data FROM ${from} AS stored WHERE ${withValue}
UNION ALL
SELECT stored.id, stored.data FROM ${from} AS stored WHERE ${withoutValue}) AS stored`
  return { sql: text, parameters }
}
