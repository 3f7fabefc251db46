/** What TanStack DB asks of `loadSubset`, compiled for one table: what is read, and which rows it wants. */
import type { IR, LoadSubsetOptions } from '@tanstack/db'
import type { ResolvedTable } from '@powersync/common'
import { matcherOf, ofColumns } from './evaluate.ts'
import { type FirstColumn, firstColumnOf } from './order.ts'
import { selectRows, selectWindow } from './select.ts'
import { bind, nothing, type Parameter, raw, sql } from './sql-text.ts'
import { whereOf, type WhereSql } from './where.ts'
import type { SqlColumns } from '../codec/row-options.ts'
import { quote, type Statement } from '../libraries/sql.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

/** A condition over a stored table under the alias `stored`. */
export interface SqlPredicate {
  readonly sql: string
  /** In the order of their `?`. */
  readonly parameters: readonly Parameter[]
  /** Takes the very rows that the predicate takes, else more. */
  readonly exact: boolean
}

/** The first rows of an order. */
export interface SubsetWindow {
  readonly limit: number
  /** By the first column of the order as @tanstack/db compares: negative if `a` is before `b`. */
  readonly compareFirst: (a: AnyRow, b: AnyRow) => number
}

export interface Subset {
  /** Whether the predicate takes a decoded row, wherever a window ends. */
  matches(row: AnyRow): boolean
  /** Takes all rows that match, and if it is not exact more. */
  readonly filter: SqlPredicate
  /** Undefined: all rows that match are wanted. */
  readonly window: SubsetWindow | undefined
  /** Why a limit is not kept, though one was asked for. */
  readonly unpushed: string | undefined
  /**
   * Reads one row, whose `rows` is the JSON text `[[id, data], …]`, in no order. Of a window: its rows, all that tie with
   * the last one in the first column of the order, and perhaps a few behind it; `isWhole` is 1 if SQLite has no others.
   *
   * SQLite counts rows that turn out to be bad ones. If fewer than the window wants are left and it is not whole, it is to be
   * read again with a greater limit.
   *
   * @param options.rowLimit Without a window: at most so many rows.
   * @param options.limit Of a window: another number of rows.
   */
  statement(options?: { rowLimit?: number; limit?: number }): Statement
}

export function compileSubset(
  table: ResolvedTable,
  columns: SqlColumns,
  options: LoadSubsetOptions,
): Subset {
  const { limit, cursor, orderBy = [] } = options
  // The rows before a cursor are those of demands before this one, and so are its ties.
  const predicates = [options.where, cursor?.whereFrom]
    .filter((predicate) => predicate !== undefined)
    .map(ofColumns)
  const matchers = predicates.map(({ where }) => matcherOf(where))
  const whereSql = whereOf(predicates, columns)
  const from = raw(quote(table.internalName))
  const isLimited = limit !== undefined && Number.isFinite(limit)
  const order = windowOrder(orderBy, whereSql, columns)
  const first = isLimited && typeof order !== 'string' ? order : undefined
  // Without a cursor the offset counts rows that are in the collection by this demand only.
  const wanted = isLimited ? limit + (cursor === undefined ? (options.offset ?? 0) : 0) : 0

  return {
    matches: (row) => matchers.every((takes) => takes(row)),
    filter: {
      sql: whereSql.superset.text,
      parameters: whereSql.superset.parameters,
      exact: whereSql.superset === whereSql.subset,
    },
    window: first && { limit: wanted, compareFirst: first.compare },
    unpushed: isLimited && typeof order === 'string' ? order : undefined,
    statement({ rowLimit, limit: rows = wanted } = {}) {
      if (first !== undefined && rows > 0)
        return selectWindow({ from, where: whereSql, first }, rows)
      const end = rowLimit === undefined ? raw('') : sql` LIMIT ${bind(rowLimit)}`
      return selectRows(from, first === undefined ? whereSql.superset : nothing, end)
    },
  }
}

/** The first column of an order of which a window can be read, or why there is none. */
function windowOrder(
  order: IR.OrderBy,
  { subset }: WhereSql,
  columns: SqlColumns,
): FirstColumn | string {
  // Of no row it is known that the predicate takes it, so that none can be counted.
  return subset === nothing ? 'where' : firstColumnOf(order, columns)
}

/** How many rows a predicate takes, as `count`. */
export function countStatement(table: ResolvedTable, predicate: SqlPredicate): Statement {
  return {
    sql: `SELECT count(*) AS count FROM ${quote(table.internalName)} AS stored WHERE ${predicate.sql}`,
    parameters: predicate.parameters,
  }
}
