/** Demands on a table of a database, and the rows that they read. */
import type { PowerSyncDatabase } from '@powersync/node'
import { IR, type LoadSubsetOptions } from '@tanstack/db'
import { readInexactValues } from '../../core/src/codec/inexact-values.ts'
import { rowCodec, type RowOptions, sqlColumns } from '../../core/src/codec/row-options.ts'
import { resolveTable } from '../../core/src/libraries/powersync.ts'
import type { Statement } from '../../core/src/libraries/sql.ts'
import { compileSubset, type Subset } from '../../core/src/subset/subset.ts'

export type Row = Record<string, unknown>
export type Expression = IR.BasicExpression

export const func = (name: string, ...args: Expression[]): Expression => new IR.Func(name, args)
export const ref = (...path: string[]): Expression => new IR.PropRef(path)
export const val = (value: unknown): Expression => new IR.Value(value)

/** The first rows by one column, texts by their units. */
export function firstBy(
  name: string,
  direction: 'asc' | 'desc',
  { nulls = 'first', limit = 3 }: { nulls?: 'first' | 'last'; limit?: number } = {},
): Pick<LoadSubsetOptions, 'orderBy' | 'limit'> {
  const compareOptions = { direction, nulls, stringSort: 'lexical' as const }
  return { orderBy: [{ expression: ref(name), compareOptions }], limit }
}

export interface Subsets {
  compile(options: LoadSubsetOptions): Subset
  /** The rows that a statement reads by their ids, without bad ones. */
  read(statement: Statement): Promise<Map<string, Row>>
}

export function openSubsets(
  database: PowerSyncDatabase,
  tableName: string,
  options: RowOptions = {},
): Subsets {
  const table = resolveTable(database, { name: tableName })
  const columns = sqlColumns(table, options)
  const codec = rowCodec(table, options)
  return {
    compile: (subset) => compileSubset(table, columns, subset),
    async read({ sql, parameters }) {
      const { rows } = await database.get<{ rows: string }>(sql, [...parameters])
      const stored = JSON.parse(rows) as [string, Row][]
      await database.writeLock((lock) => readInexactValues(lock, table, stored))
      const decoded = new Map<string, Row>()
      for (const [id, data] of stored) {
        const result = codec.decode(id, data)
        if (decoded.has(id)) throw new Error(`row ${id} was read twice`)
        if ('row' in result) decoded.set(id, result.row)
      }
      return decoded
    },
  }
}
