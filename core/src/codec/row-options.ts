/**
 * What an app says of the rows of a collection, made into their codec:
 *
 *   nothing                                 SQLite's types
 *   `columns`                               the types of the helpers
 *   `schema`                                its output types, from SQLite's
 *   `schema` and `deserializationSchema`    free input and output, the second from SQLite's
 */
import { ColumnType } from '@powersync/common'
import type { ResolvedTable } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { createCodec } from './codec.ts'
import type { RowCodec } from './codec.ts'
import type { ComparedAs } from './columns.ts'
import { RowsignalError } from '../errors.ts'
import type { SqliteValue } from './sqlite-values.ts'
import { columnSerializers, columnsWithoutText, storedSchema } from './table-schema.ts'
import type { AnyColumns } from './table-schema.ts'
import { isVirtual } from '../libraries/tanstack.ts'

/** The options of a collection that say what its rows are. */
export interface RowOptions {
  columns?: AnyColumns | undefined
  schema?: StandardSchemaV1 | undefined
  deserializationSchema?: StandardSchemaV1 | undefined
  serializer?: Readonly<Record<string, ((value: never) => SqliteValue) | undefined>> | undefined
  /** Columns that the schema shows as SQLite has them. */
  plainColumns?: readonly string[] | undefined
}

export function rowCodec(table: ResolvedTable, options: RowOptions): RowCodec {
  const { columns, schema, deserializationSchema } = options
  return createCodec(table, {
    schema: deserializationSchema ?? schema ?? storedSchema(table, columns),
    serializer: options.serializer ?? columnSerializers(table, columns),
    withoutText: columnsWithoutText(table, columns),
  })
}

/** What SQLite may compare, by the names of columns. */
export type SqlColumns = ReadonlyMap<string, SqlColumn>

export interface SqlColumn {
  readonly type: ColumnType
  readonly comparedAs: ComparedAs
}

/**
 * The columns that SQLite may compare as a row shows them: those that are shown as they are, and those of helpers that say
 * what they are. A schema may make anything of any column, and none can be asked what it does: then those that are said to be
 * plain.
 */
export function sqlColumns(table: ResolvedTable, options: RowOptions): SqlColumns {
  const found = new Map<string, SqlColumn>()
  const isPlain =
    options.schema === undefined
      ? () => true
      : (name: string) => options.plainColumns?.includes(name)
  const described = new Map(Object.entries(options.columns ?? {}))
  for (const { name, type = ColumnType.TEXT } of table.columns) {
    if (isPlain(name) !== true) continue
    const helper = described.get(name)
    const plain = type === ColumnType.TEXT ? 'text' : 'number'
    const comparedAs = helper === undefined ? plain : helper.comparedAs
    if (comparedAs !== undefined) found.set(name, { type, comparedAs })
  }
  return found
}

/**
 * To be asked once, when the collection is made: a column that a later schema of the database drops is no mistake.
 *
 * @throws {RowsignalError} `options-conflict`, `column-not-in-schema`, `column-type-mismatch`, `table-unsupported`.
 */
export function assertRowOptions(table: ResolvedTable, options: RowOptions): void {
  assertReadable(table)
  const { columns, schema, deserializationSchema, serializer } = options
  if (columns !== undefined && (schema ?? deserializationSchema ?? serializer) !== undefined) {
    throw conflict(
      '`columns` goes without `schema`, `deserializationSchema` and `serializer`',
      'Describe the rows by one of the two.',
    )
  }
  if (deserializationSchema !== undefined && schema === undefined) {
    throw conflict(
      '`deserializationSchema` needs a `schema`',
      'Add the one that checks what is inserted and updated.',
    )
  }
  for (const name of Object.keys(serializer ?? {})) columnOf(table, name, 'serializer')
  for (const name of options.plainColumns ?? []) columnOf(table, name, 'plainColumns')
  for (const [name, column] of Object.entries(columns ?? {})) {
    const { type = 'TEXT' } = columnOf(table, name, 'columns')
    if (column === undefined || column.types.some((fitting) => fitting === type)) continue
    throw new RowsignalError(
      'column-type-mismatch',
      `collection: the helper for \`${table.name}.${name}\` needs a column of type ${column.types.join(' or ')}, and this one is ${type}. ` +
        'Change its type in the schema of the database, or take another helper.',
    )
  }
}

/**
 * Names that the views of the SDK (2.3.0) take for a JSON path, since they look up `$.name` unquoted; that SQLite gives
 * no column of a view (`true`); and those of what each row has anyway.
 */
const unreadable = /^$|^"|[.[]|^__proto__$|^(?:id|true|false)$/i

function assertReadable(table: ResolvedTable): void {
  const names = new Set<string>()
  for (const { name } of table.columns) {
    const known = name.toLowerCase() // SQLite's names are equal but for case
    if (unreadable.test(name) || isVirtual(name) || names.has(known)) {
      throw new RowsignalError(
        'table-unsupported',
        `collection: column \`${name}\` of table \`${table.name}\` can't be read back: PowerSync takes its name for a path, or SQLite or a row has something else of that name. ` +
          'Give it a name without `.`, `[` and a leading quote that is no other column’s in another case.',
      )
    }
    names.add(known)
  }
}

function conflict(what: string, advice: string): RowsignalError {
  return new RowsignalError('options-conflict', `collection: ${what}. ${advice}`)
}

function columnOf(
  table: ResolvedTable,
  name: string,
  option: string,
): ResolvedTable['columns'][number] {
  const column = table.columns.find((candidate) => candidate.name === name)
  if (column !== undefined) return column
  throw new RowsignalError(
    'column-not-in-schema',
    `collection: option \`${option}\` names the column \`${name}\`, which table \`${table.name}\` does not have. ` +
      'Add it to the table in the schema, or leave it out of the option.',
  )
}
