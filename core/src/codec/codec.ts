/**
 * A row as SQLite stores it <-> a row as the collection holds it. Both reading paths (first read and changes) decode
 * the stored JSON here, so a row gives the same object whichever way it came.
 */
import { ColumnType } from '@powersync/common'
import type { ResolvedTable } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { RowsignalError } from '../errors.ts'
import { freeze } from '../readable/same-value.ts'
import { isReadableId, valuesOf } from './sqlite-values.ts'
import type { SqliteValue, StoredValue, ViewValue } from './sqlite-values.ts'
import { type AnyRow, isVirtual } from '../libraries/tanstack.ts'
import { validate } from '../libraries/standard-schema.ts'

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
   * @returns A new row, whose arrays and plain objects are frozen, or the issues that keep it from being one.
   */
  decode(id: string, data: AnyRow): { row: AnyRow } | { issues: readonly StandardSchemaV1.Issue[] }
  /**
   * The columns in `values` without the id, as SQLite takes them; `undefined` is `null`. With an id they are a whole row,
   * which must come back under it.
   *
   * @param known The row as it was: columns that are stored as they were are left out.
   * @throws {RowsignalError} `column-not-in-schema`, `value-unsupported`.
   */
  encode(values: AnyRow, known?: AnyRow): Record<string, SqliteValue>
}

export interface CodecOptions {
  /** From SQLite's types, an integer beyond 2^53 as a bigint, to the collection's. */
  schema: StandardSchemaV1
  serializer: Readonly<Record<string, ((value: never) => SqliteValue) | undefined>>
  /** The number columns that hold no text. */
  withoutText: ReadonlySet<string>
}

export function createCodec(table: ResolvedTable, options: CodecOptions): RowCodec {
  const { schema, serializer, withoutText } = options
  const columns = table.columns.map(({ name, type }) => ({ name, read: reader(name, type) }))
  const types = new Map(table.columns.map(({ name, type }) => [name, type]))
  const serializers = new Map(Object.entries(serializer))

  const encodeValue = (name: string, value: unknown): SqliteValue => {
    if (value === null || value === undefined) return null
    const serialize = serializers.get(name)
    const plain = serialize === undefined ? value : serialize(value as never)
    if (plain === null) return null
    const stored = valuesOf(types.get(name)).write(plain)
    if (stored === undefined) throw unsupportedValue(table, name, types.get(name))
    return stored
  }

  const isStoredAs = (name: string, value: unknown, stored: SqliteValue): boolean => {
    try {
      return encodeValue(name, value) === stored
    } catch {
      return false // not all that can be read can be written
    }
  }

  const read = (id: string, data: AnyRow): StandardSchemaV1.Result<unknown> => {
    for (const name of withoutText) {
      if (isNoNumber(data[name])) return { issues: [{ message: 'holds a text', path: [name] }] }
    }
    const row: AnyRow = { id }
    for (const column of columns) row[column.name] = column.read(data)
    return validate(schema, row)
  }

  return {
    decode(id, data) {
      if (!isReadableId(id)) return unreadableId
      const result = read(id, data)
      if (result.issues !== undefined) return { issues: result.issues }
      if (idOf(result.value) !== id) return otherId
      const row = result.value as AnyRow
      for (const name in row) freeze(row[name])
      return { row }
    },

    encode(values, known = {}) {
      const encoded: Record<string, SqliteValue> = {}
      for (const [name, value] of Object.entries(values)) {
        if (name === 'id' || isVirtual(name)) continue
        if (!types.has(name)) throw unknownColumn(table, name)
        const stored = encodeValue(name, value)
        if (Object.hasOwn(known, name) && isStoredAs(name, known[name], stored)) continue
        encoded[name] = stored
      }
      const { id } = values
      if (typeof id === 'string') {
        const result = read(id, encoded)
        if (result.issues === undefined && idOf(result.value) !== id) throw changedId(table, id)
      }
      return encoded
    },
  }
}

// Rows are known by the id that SQLite has: under another one, a change or a delete of the row would miss it.
const otherId = { issues: [{ message: 'the schema gives it another id, or none', path: ['id'] }] }
const unreadableId = { issues: [{ message: 'no driver gives this id as it is', path: ['id'] }] }

function idOf(row: unknown): unknown {
  return (row as AnyRow | null | undefined)?.['id']
}

function changedId(table: ResolvedTable, id: string): RowsignalError {
  return new RowsignalError(
    'value-unsupported',
    `write: row \`${id}\` of table \`${table.name}\` would not read back under its id, since the schema makes it another. ` +
      'Let the schema leave an id that it has made as it is.',
  )
}

function unknownColumn(table: ResolvedTable, column: string): RowsignalError {
  return new RowsignalError(
    'column-not-in-schema',
    `write: table \`${table.name}\` has no column \`${column}\`. Add it to the table in the schema or leave it out of the row.`,
  )
}

const wants = {
  TEXT: 'text of whole characters or what JSON can say',
  INTEGER: 'a whole number within 2^53 or a bigint of 64 bits',
  REAL: 'a finite number',
} as const

function unsupportedValue(
  table: ResolvedTable,
  column: string,
  type: ColumnType = ColumnType.TEXT,
): RowsignalError {
  return new RowsignalError(
    'value-unsupported',
    `write: the value for \`${table.name}.${column}\` would not read back as it is. The column takes ${wants[type]}: give that, or a serializer for the column.`,
  )
}

const wholeNumber = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

function isNoNumber(stored: unknown): boolean {
  return typeof stored === 'string' && !wholeNumber.test(stored)
}

function reader(name: string, type: ColumnType | undefined): (data: AnyRow) => ViewValue {
  const { read } = valuesOf(type)
  if (name in Object.prototype) {
    return (data) => read(Object.hasOwn(data, name) ? (data[name] as StoredValue) : null)
  }
  return (data) => read(data[name] as StoredValue)
}
