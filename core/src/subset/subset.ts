/** What TanStack DB asks of `loadSubset`, compiled for one table: what is read, and which rows it wants. */
import type { LoadSubsetOptions } from '@tanstack/db'
import type { ResolvedTable } from '@powersync/common'
import { matcherOf, ofColumns } from './evaluate.ts'
import { firstColumnOf } from './order.ts'
import { bind, nothing, type Parameter, raw, sql, type Sql } from './sql-text.ts'
import { whereOf } from './where.ts'
import { selectWindow } from './window-sql.ts'
import type { SqlColumns } from '../codec/row-options.ts'
import { quote, storedRowAsJson } from '../libraries/sql.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

/** A condition over a stored table under the alias `stored`. */
export interface SqlPredicate {
  readonly sql: string
  /** In the order of their `?`. */
  readonly parameters: readonly Parameter[]
  /** Takes the very rows that the predicate takes, else more. */
  readonly exact: boolean
}

export interface Statement {
  readonly sql: string
  readonly parameters: Parameter[]
}

/** The first rows of an order. */
export interface SubsetWindow {
  readonly limit: number
  /** By the first column of the order as @tanstack/db compares: negative if `a` is before `b`. */
  compareFirst(a: AnyRow, b: AnyRow): number
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
   * Reads the rows as JSON text, `rows` being `[[id, data], …]` in no order. Of a window: its rows, all that tie with the
   * last one in the first column of the order, and perhaps a few behind it.
   *
   * @param options.rowLimit Without a window: at most so many rows.
   * @param options.limit Of a window: another number of rows, as when some of those that were read are bad ones.
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
  const first = firstColumnOf(orderBy, columns)
  const from = raw(quote(table.internalName))
  const isLimited = limit !== undefined && Number.isFinite(limit)
  const unpushed = whyUnpushed(whereSql.subset, first)
  // Without a cursor the offset counts rows that are in the collection by this demand only.
  const count = isLimited ? limit + (cursor === undefined ? (options.offset ?? 0) : 0) : 0

  return {
    matches: (row) => matchers.every((takes) => takes(row)),
    filter: predicateOf(whereSql),
    window:
      isLimited && unpushed === undefined && typeof first !== 'string'
        ? { limit: count, compareFirst: first.compare }
        : undefined,
    unpushed: isLimited ? unpushed : undefined,
    statement({ rowLimit, limit: windowLimit = count } = {}) {
      if (isLimited && unpushed === undefined && typeof first !== 'string') {
        const empty = sql`SELECT stored.id, stored.data FROM ${from} AS stored WHERE 0`
        if (windowLimit <= 0) return statementOf(empty)
        return statementOf(selectWindow({ from, where: whereSql, first }, windowLimit))
      }
      const end = rowLimit === undefined ? raw('') : sql` LIMIT ${bind(rowLimit)}`
      return statementOf(
        sql`SELECT stored.id, stored.data FROM ${from} AS stored WHERE ${whereSql.superset}${end}`,
      )
    },
  }
}

/** How many rows a predicate takes, as `count`. */
export function countStatement(table: ResolvedTable, predicate: SqlPredicate): Statement {
  return {
    sql: `SELECT count(*) AS count FROM ${quote(table.internalName)} AS stored WHERE ${predicate.sql}`,
    parameters: [...predicate.parameters],
  }
}

function whyUnpushed(subset: Sql, first: ReturnType<typeof firstColumnOf>): string | undefined {
  if (typeof first === 'string') return first
  return subset === nothing ? 'where' : undefined
}

function predicateOf({ superset, subset }: { superset: Sql; subset: Sql }): SqlPredicate {
  return { sql: superset.text, parameters: superset.parameters, exact: superset === subset }
}

function statementOf(rows: Sql): Statement {
  const { text, parameters } = sql`
SELECT '[' || ifnull(group_concat(${raw(storedRowAsJson)}), '') || ']' AS rows FROM (${rows}) AS stored`
  return { sql: text, parameters: [...parameters] }
}
