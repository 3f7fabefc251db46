/**
 * A row as SQLite stores it <-> a row as the collection holds it. Both reading paths (first read and changes) decode
 * the stored JSON here, so a row gives the same object whichever way it came.
 */
import { ColumnType } from '@powersync/common'
import type { ResolvedTable, RowType, Table } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { RowsignalError } from './errors.ts'
import type { AnyRow } from './tanstack.ts'

/** A row of a table with SQLite's own types: every declared column, `null` where there is no value, and the id. */
export type TableRow<T extends Table> = RowType<T>

/** What an insert into a table takes: columns may be left out. */
export type TableInput<T extends Table> = { id: string } & Partial<Omit<RowType<T>, 'id'>>

/** A value that SQLite takes as it is. */
export type SqliteValue = string | number | null

/** Per column, how a rich value becomes one of SQLite's; columns left out follow the column's type. */
export type Serializer<Row> = {
  [Column in keyof Row]?: (value: NonNullable<Row[Column]>) => SqliteValue
}

/** A stored row that the collection can't show. Its values are not in it: they may be private. */
export interface BadRow {
  readonly table: string
  readonly id: string
  readonly issues: readonly StandardSchemaV1.Issue[]
}

export interface RowCodec {
  /**
   * @param data The stored JSON object; may lack columns and hold more than the declared ones.
   * @returns A new row, or the issues that keep it from being one.
   */
  decode(id: string, data: AnyRow): { row: AnyRow } | { issues: readonly StandardSchemaV1.Issue[] }
  /**
   * The columns in `values` without the id, as SQLite takes them; `undefined` is `null`.
   *
   * @throws {RowsignalError} `column-not-in-schema`, `value-unsupported`.
   */
  encode(values: AnyRow): Record<string, SqliteValue>
}

export interface CodecOptions {
  /** From SQLite's types to the collection's. */
  schema?: StandardSchemaV1 | undefined
  serializer?: Readonly<Record<string, (value: never) => SqliteValue>> | undefined
}

export function createCodec(table: ResolvedTable, options: CodecOptions): RowCodec {
  const columns = table.columns.map((column) => ({
    name: column.name,
    read: reader(column.type),
    write: writer(table, column.name, column.type),
  }))
  const writers = new Map(columns.map((column) => [column.name, column.write]))
  const { schema, serializer } = options

  return {
    decode(id, data) {
      const row: AnyRow = { id }
      for (const { name, read } of columns) row[name] = read(data[name] as StoredValue)
      if (schema === undefined) return { row }
      const result = schema['~standard'].validate(row)
      if (result instanceof Promise) {
        return {
          issues: [
            { message: 'the schema validates asynchronously, which a collection cannot wait for' },
          ],
        }
      }
      return result.issues === undefined
        ? { row: result.value as AnyRow }
        : { issues: result.issues }
    },

    encode(values) {
      const encoded: Record<string, SqliteValue> = {}
      for (const [name, value] of Object.entries(values)) {
        if (name === 'id') continue
        const write = writers.get(name)
        if (write === undefined) throw unknownColumn(table, name)
        const serialize = serializer?.[name]
        if (value === null || value === undefined) encoded[name] = null
        else encoded[name] = serialize === undefined ? write(value) : serialize(value as never)
      }
      return encoded
    },
  }
}

function unknownColumn(table: ResolvedTable, column: string): RowsignalError {
  return new RowsignalError(
    'column-not-in-schema',
    `write: table \`${table.name}\` has no column \`${column}\`. Add it to the table in the schema or leave it out of the row.`,
  )
}

/** A value in the stored JSON. */
type StoredValue = string | number | boolean | object | null | undefined

/** Reads one stored value as the table's view does: `CAST(json_extract(data, '$.column') AS type)`. */
function reader(type: ColumnType | undefined): (stored: StoredValue) => SqliteValue {
  if (type === ColumnType.INTEGER) return (stored) => toNumber(stored, Math.trunc)
  if (type === ColumnType.REAL) return (stored) => toNumber(stored, (number) => number)
  return toText
}

function toText(stored: StoredValue): string | null {
  if (typeof stored === 'string') return stored
  if (stored === null || stored === undefined) return null
  if (typeof stored === 'boolean') return stored ? '1' : '0'
  return JSON.stringify(stored)
}

function toNumber(stored: StoredValue, round: (number: number) => number): number | null {
  if (typeof stored === 'number') return round(stored)
  if (stored === null || stored === undefined) return null
  if (typeof stored === 'boolean') return stored ? 1 : 0
  // SQLite casts text by its longest numeric prefix, and anything else to 0.
  const number = typeof stored === 'string' ? Number.parseFloat(stored) : 0
  return Number.isNaN(number) ? 0 : round(number)
}

function writer(
  table: ResolvedTable,
  column: string,
  type: ColumnType | undefined,
): (value: unknown) => SqliteValue {
  if (type === ColumnType.INTEGER || type === ColumnType.REAL) {
    return (value) => {
      const number = typeof value === 'number' ? value : Number(value) // a Date is its epoch ms, a boolean 0 or 1
      if (Number.isFinite(number)) return number
      throw new RowsignalError(
        'value-unsupported',
        `write: the value for \`${table.name}.${column}\` is not a finite number, which the column's type asks for. Give a number, or a serializer for the column.`,
      )
    }
  }
  return (value) => {
    if (typeof value === 'string') return value
    if (typeof value === 'bigint') return String(value)
    return value instanceof Date ? value.toISOString() : JSON.stringify(value)
  }
}

/**
 * The schema of a collection that has none of its own: checks the id and the columns' types, and fills the columns
 * that an insert left out with `null`, so that an optimistic row has the shape that it will have from SQLite.
 */
export function tableSchema<T extends Table>(
  table: T,
): StandardSchemaV1<TableInput<T>, TableRow<T>> {
  const types = new Map(table.columns.map((column) => [column.name, column.type]))
  return {
    '~standard': {
      version: 1,
      vendor: 'rowsignal',
      validate(input) {
        const values = input as AnyRow
        const issues: StandardSchemaV1.Issue[] = []
        if (typeof values.id !== 'string' || values.id === '') {
          issues.push({ message: 'must be a non-empty string', path: ['id'] })
        }
        const row: AnyRow = { id: values.id }
        for (const [name, type] of types) {
          const value = values[name] ?? null
          const expected = type === ColumnType.TEXT ? 'string' : 'number'
          if (value !== null && typeof value !== expected) {
            issues.push({ message: `must be a ${expected} or null`, path: [name] })
          }
          row[name] = value
        }
        for (const name of Object.keys(values)) {
          if (name === 'id' || types.has(name) || name.startsWith('$')) continue // `$synced` and the like are TanStack DB's
          issues.push({ message: `is not a column of table ${table.name}`, path: [name] })
        }
        return issues.length > 0 ? { issues } : { value: row as TableRow<T> }
      },
    },
  }
}
