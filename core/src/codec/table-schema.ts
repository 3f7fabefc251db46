/**
 * The schemas of a collection that has none of the app's: what its table and its column helpers ask of a row that is
 * inserted or updated, and of a row that SQLite holds.
 */
import { ColumnType } from '@powersync/common'
import type { ResolvedTable, RowType, Table } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { RichColumn } from './columns.ts'
import { isReadableId, isWellFormed, storedReal } from './sqlite-values.ts'
import type { SqliteValue } from './sqlite-values.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

/** Helpers for columns of a table. */
export type TableColumns<T extends Table> = {
  [Name in Exclude<keyof RowType<T>, 'id'>]?: RichColumn<unknown, NonNullable<RowType<T>[Name]>>
}

/**
 * A row of a table: every declared column, `null` where there is no value, and the id. The types are SQLite's own, or
 * those of the helpers in `Columns`.
 */
export type TableRow<T extends Table, Columns = unknown> = {
  [Name in keyof RowType<T>]: Name extends keyof Columns
    ? ColumnValue<Columns[Name]> | null
    : RowType<T>[Name]
}

type ColumnValue<Column> = Column extends RichColumn<infer Value, never> ? Value : never

/** What an insert into a table takes: columns may be left out. */
export type TableInput<T extends Table, Columns = unknown> = { id: string } & Partial<
  Omit<TableRow<T, Columns>, 'id'>
>

/** What is wrong with the helpers of a table, at each wrong one: the compiler shows it in its first line. */
export type CheckedColumns<T extends Table, Columns> = {
  [Name in Extract<keyof Columns, string>]: Name extends Exclude<keyof RowType<T>, 'id'>
    ? Columns[Name] extends RichColumn<unknown, NonNullable<RowType<T>[Name]>>
      ? unknown
      : `this helper does not fit the type of column ${Name}`
    : `the table has no column ${Name}`
}

/** The same type, shown by its properties and not by how it was made. */
export type Flat<Row> = Row extends infer Same ? { [Name in keyof Same]: Same[Name] } : never

export type AnyColumns = Readonly<Record<string, RichColumn<unknown> | undefined>>

/**
 * Checks the id and the columns, and fills those that an insert left out with `null`, so that an optimistic row has the
 * shape and the values that it will have from SQLite.
 *
 * @param table As the schema of the database has it now.
 */
export function tableSchema(
  table: () => ResolvedTable,
  columns: AnyColumns = {},
): StandardSchemaV1<AnyRow, AnyRow> {
  let known: ResolvedTable | undefined
  let check: RowCheck | undefined
  return createSchema((values) => {
    const now = table()
    if (check === undefined || now !== known) check = rowCheck(now, columns)
    known = now
    return check(values)
  })
}

type RowCheck = (values: AnyRow) => StandardSchemaV1.Result<AnyRow>

function rowCheck(table: ResolvedTable, columns: AnyColumns): RowCheck {
  const described = new Map(Object.entries(columns))
  const checks = new Map(
    table.columns.map(({ name, type }) => [name, described.get(name) ?? { check: checkOf(type) }]),
  )
  return (values) => {
    const issues: StandardSchemaV1.Issue[] = []
    const { id } = values
    if (id === '' || !isReadableId(id)) {
      issues.push({ message: 'must be a non-empty string of whole characters', path: ['id'] })
    }
    const row: AnyRow = { id }
    for (const [name, column] of checks) {
      const result = isNothing(values[name]) ? nothing : column.check(values[name])
      if (result.issues === undefined) row[name] = result.value
      else issues.push(...below(name, result.issues))
    }
    for (const name of Object.keys(values)) {
      if (name === 'id' || checks.has(name)) continue
      issues.push({ message: `is not a column of table ${table.name}`, path: [name] })
    }
    return issues.length > 0 ? { issues } : { value: row }
  }
}

/** From a row of SQLite to the one that the helpers describe. */
export function storedSchema(
  table: ResolvedTable,
  columns: AnyColumns = {},
): StandardSchemaV1<AnyRow, AnyRow> {
  const described = describedColumns(table, columns)
  const names = new Set(described.map(({ name }) => name))
  const integers = table.columns.filter(
    ({ name, type }) => type === ColumnType.INTEGER && !names.has(name),
  )
  return createSchema((row) => {
    const issues: StandardSchemaV1.Issue[] = []
    for (const { name, column } of described) {
      if (row[name] === null) continue
      const result = column.read(row[name] as string | number | bigint)
      if (result.issues === undefined) row[name] = result.value
      else issues.push(...below(name, result.issues))
    }
    for (const { name } of integers) {
      if (typeof row[name] !== 'bigint') continue
      issues.push({
        message: 'holds an integer beyond 2^53: describe it by bigintColumn()',
        path: [name],
      })
    }
    return issues.length > 0 ? { issues } : { value: row }
  })
}

/** How the values of described columns are stored. */
export function columnSerializers(
  table: ResolvedTable,
  columns: AnyColumns = {},
): Record<string, (value: unknown) => SqliteValue> {
  return Object.fromEntries(
    describedColumns(table, columns).map(({ name, type, column }) => [
      name,
      (value: unknown) => column.write(value, type),
    ]),
  )
}

/** The number columns whose helpers refuse a text. */
export function columnsWithoutText(table: ResolvedTable, columns: AnyColumns = {}): Set<string> {
  const refusing = describedColumns(table, columns).filter(
    ({ type, column }) => type !== ColumnType.TEXT && column.refusesText === true,
  )
  return new Set(refusing.map(({ name }) => name))
}

interface DescribedColumn {
  name: string
  type: ColumnType
  column: RichColumn<unknown>
}

function describedColumns(table: ResolvedTable, columns: AnyColumns): DescribedColumn[] {
  const byName = new Map(Object.entries(columns))
  return table.columns.flatMap(({ name, type = ColumnType.TEXT }) => {
    const column = byName.get(name)
    return column === undefined ? [] : [{ name, type, column }]
  })
}

function createSchema(validate: RowCheck): StandardSchemaV1<AnyRow, AnyRow> {
  return {
    '~standard': {
      version: 1,
      vendor: 'rowsignal',
      validate: (input) => validate(input as AnyRow),
    },
  }
}

const nothing: StandardSchemaV1.Result<unknown> = { value: null }

function isNothing(value: unknown): boolean {
  return value === null || value === undefined
}

function below(
  column: string,
  issues: readonly StandardSchemaV1.Issue[],
): StandardSchemaV1.Issue[] {
  return issues.map((issue) => ({ ...issue, path: [column, ...(issue.path ?? [])] }))
}

function checkOf(
  type: ColumnType | undefined,
): (value: unknown) => StandardSchemaV1.Result<unknown> {
  if (type === ColumnType.INTEGER) return checkInteger
  return type === ColumnType.REAL ? checkReal : checkText
}

function checkText(value: unknown): StandardSchemaV1.Result<unknown> {
  if (typeof value === 'string' && isWellFormed(value)) return { value }
  const message =
    typeof value === 'string' ? 'has half of a surrogate pair' : 'must be a string or null'
  return { issues: [{ message }] }
}

function checkInteger(value: unknown): StandardSchemaV1.Result<unknown> {
  if (Number.isSafeInteger(value)) return { value }
  const message =
    typeof value === 'number' ? 'must be a whole number within 2^53' : 'must be a number or null'
  return { issues: [{ message }] }
}

function checkReal(value: unknown): StandardSchemaV1.Result<unknown> {
  const stored = typeof value === 'number' ? storedReal(value) : undefined
  if (stored !== undefined) return { value: stored }
  return { issues: [{ message: 'must be a finite number or null' }] }
}
