/**
 * The first column of an order, in SQL and for decoded rows. A window needs no more of its order: it has its rows and all
 * that tie with the last one in the first column.
 */
import type { IR } from '@tanstack/db'
import { withKey } from './evaluate.ts'
import { pathOf } from './expressions.ts'
import { raw, sql, type Sql } from './sql-text.ts'
import { type SqlValue, valueOf } from './values.ts'
import type { SqlColumns } from '../codec/row-options.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

export interface FirstColumn {
  readonly value: SqlValue
  readonly isDescending: boolean
  readonly areNullsFirst: boolean
  /** Negative: `a` is before `b`. */
  readonly compare: (a: AnyRow, b: AnyRow) => number
}

/** The first column, or why SQLite has no such order. */
export function firstColumnOf(order: IR.OrderBy, columns: SqlColumns): FirstColumn | string {
  const [first] = order
  if (first === undefined) return 'no order'
  const { compareOptions } = first
  const expression = withKey(first.expression)
  if (expression?.type !== 'ref') return 'order by an expression'
  const value = valueOf(expression, columns)
  if (value === undefined) return 'order by a column that SQLite can not compare'
  if (value.kind === 'text' && compareOptions.stringSort !== 'lexical') {
    return 'text sorted by locale'
  }
  const { direction, nulls } = compareOptions
  const isDescending = direction === 'desc'
  const areNullsFirst = nulls === 'first'
  const [name = ''] = pathOf(expression)
  return {
    value,
    isDescending,
    areNullsFirst,
    compare(a, b) {
      const [left, right] = [a[name] ?? null, b[name] ?? null]
      if (left === null || right === null) {
        if (left === right) return 0
        return (left === null) === areNullsFirst ? -1 : 1
      }
      if (left < right) return isDescending ? 1 : -1
      return left > right ? (isDescending ? -1 : 1) : 0
    },
  }
}

/** `ORDER BY` of the first column. */
export function orderSql({ value, isDescending, areNullsFirst }: FirstColumn): Sql {
  return sql`${value.sql} ${raw(isDescending ? 'DESC' : 'ASC')} NULLS ${raw(areNullsFirst ? 'FIRST' : 'LAST')}`
}

/**
 * The place up to which a window goes, `place (value)` of `last (value)`: SQLite orders texts by code points, @tanstack/db
 * by UTF-16 units. Up to the first unit of a surrogate or above both say the same, so that is where the text is cut, and
 * all that begins as it did is taken. By bytes, since a text may hold a NUL, at which `length` ends: U+D800 and above
 * begin with `ED A0` or a greater byte.
 */
export function placeOf({ value, isDescending }: FirstColumn): Sql {
  if (value.kind !== 'text') return raw('place AS (SELECT value FROM last)')
  return raw(`byte AS (SELECT 1 AS number UNION ALL SELECT number + 1 FROM byte, last WHERE number < octet_length(value)),
high AS (SELECT min(number) AS number FROM byte, last WHERE substr(CAST(value AS BLOB), number, 2) >= x'EDA0'),
place AS MATERIALIZED (SELECT iif(number IS NULL, value,
  CAST(substr(CAST(value AS BLOB), 1, number - 1) || ${isDescending ? "x'EDA080'" : "x'FF'"} AS TEXT)) AS value FROM last, high)`)
}
