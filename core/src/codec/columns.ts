/**
 * Rich types for columns without a schema of the app's own: `columns: { done: booleanColumn(), due: dateColumn() }`.
 * A helper says how the value that SQLite holds becomes the row's and back, and which column types can hold it. Each is
 * a function of its own, so that a bundle has only those that are used. None of them sees null: every column of a
 * PowerSync table may be null, and null stays null.
 */
import { ColumnType } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { SqliteValue } from './sqlite-values.ts'
import { validate } from '../libraries/standard-schema.ts'

/** What the values of a column are to a predicate. */
export type ComparedAs = 'text' | 'number' | 'boolean' | 'date' | 'bigint'

/**
 * How a column is shown, and stored.
 *
 * `Stored` is SQLite's type of it, so that TypeScript refuses a helper that does not fit the column.
 */
export interface RichColumn<Value, Stored extends string | number = string | number> {
  /** The column types that can hold it. */
  readonly types: readonly ColumnType[]
  /**
   * Whether a row with a text in a number column is refused (`utils.badRows`). Else the text is the number that SQLite's
   * cast finds at its start, or 0.
   */
  readonly refusesText?: true
  /** What SQLite may compare its values as, so that a query on them needs not read the table. Default: none. */
  readonly comparedAs?: ComparedAs
  /** What is shown for a value of the table's view; with issues the row is refused (`utils.badRows`). */
  read(stored: Stored | bigint): StandardSchemaV1.Result<Value>
  /** What an insert or update was given. */
  check(value: unknown): StandardSchemaV1.Result<Value>
  /** A checked value as SQLite takes it. */
  write(value: Value, type: ColumnType): SqliteValue
}

/**
 * A boolean in an INTEGER column: 0 is `false`, any other number `true`, as in SQL.
 *
 * @example
 * createPowerSyncCollection({ database, table: schema.props.todos, columns: { done: booleanColumn() } })
 */
export function booleanColumn(): RichColumn<boolean, number> {
  return {
    types: [ColumnType.INTEGER],
    comparedAs: 'boolean',
    read: (stored) => ({ value: Number(stored) !== 0 }),
    check: (value) =>
      typeof value === 'boolean' ? { value } : refuse('must be a boolean or null'),
    write: (value) => (value ? 1 : 0),
  }
}

/**
 * A `Date` in a TEXT column (ISO 8601, written in UTC with milliseconds) or in a number column (epoch ms).
 *
 * Reading takes ISO 8601 as Postgres, SQLite, JavaScript, Ruby, Go and Python write it, `2026-12-01 10:00:00+02` and
 * `2026-12-01` among them (docs/types.md lists all); text without a zone is UTC. A row with any other text is not
 * shown, and is listed in `utils.badRows`. Digits below the millisecond are not shown, and stay in SQLite as long as the
 * column is not written.
 */
export function dateColumn(): RichColumn<Date> {
  return {
    types: [ColumnType.TEXT, ColumnType.INTEGER, ColumnType.REAL],
    comparedAs: 'date',
    refusesText: true, // an ISO date would be the number of its year, and that a moment of 1970
    read: (stored) =>
      checkDate(
        typeof stored === 'string' ? parseDate(stored) : new Date(Number(stored)),
        'holds no date',
      ),
    check: (value) => checkDate(value, 'must be a valid Date or null'),
    write: (value, type) => (type === ColumnType.TEXT ? value.toISOString() : value.getTime()),
  }
}

/**
 * JSON in a TEXT column. What is read is frozen: change it by `collection.update`, whose draft is a copy.
 *
 * @param schema Checks what is read and what is written. Without one, `Value` is believed on reading, and writing takes
 * what JSON can say: no `Date`, no `Map`, no bigint inside.
 */
export function jsonColumn<Value = unknown>(
  schema?: StandardSchemaV1<Value>,
): RichColumn<Value, string> {
  const check = (value: unknown): StandardSchemaV1.Result<Value> =>
    schema === undefined ? { value: value as Value } : validate(schema, value)
  return {
    types: [ColumnType.TEXT],
    read(stored) {
      let value: unknown
      try {
        value = JSON.parse(String(stored))
      } catch {
        return refuse('holds no JSON')
      }
      return check(value)
    },
    check: (value) => (isJson(value) ? check(value) : refuse('must be what JSON can say')),
    write: (value) => JSON.stringify(value),
  }
}

/** An integer of up to 64 bits as a bigint, in an INTEGER column or as digits in a TEXT column. */
export function bigintColumn(): RichColumn<bigint> {
  return {
    types: [ColumnType.INTEGER, ColumnType.TEXT],
    comparedAs: 'bigint',
    read: (stored) =>
      typeof stored === 'string' && !/^[+-]?\d+$/.test(stored)
        ? refuse('holds no integer')
        : { value: BigInt(stored) },
    check: (value) =>
      typeof value === 'bigint' && BigInt.asIntN(64, value) === value
        ? { value }
        : refuse('must be a bigint of at most 64 bits or null'),
    write: String,
  }
}

/** One of the given texts, in a TEXT column. A row with another text is not shown, and is listed in `utils.badRows`. */
export function enumColumn<const Value extends string>(
  ...values: readonly Value[]
): RichColumn<Value, string> {
  const check = (value: unknown): StandardSchemaV1.Result<Value> =>
    values.includes(value as Value)
      ? { value: value as Value }
      : refuse(`must be ${values.map((known) => `\`${known}\``).join(' or ')}`)
  return {
    types: [ColumnType.TEXT],
    comparedAs: 'text',
    read: check,
    check,
    write: (value) => value,
  }
}

function refuse(message: string): StandardSchemaV1.FailureResult {
  return { issues: [{ message }] }
}

function checkDate(value: unknown, message: string): StandardSchemaV1.Result<Date> {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? { value } : refuse(message)
}

/** Year, month, day, hour, minute, second, digits below it, zone; after an offset what Go adds to it. */
const dateText =
  /^([+-]\d{6}|\d{4,6})-(\d\d)-(\d\d)(?:[Tt ]([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.(\d+))?)?(?: ?(?:[Zz]|UTC|GMT)| ?([+-](?:[01]\d|2[0-3])(?::?[0-5]\d(?::?[0-5]\d)?)?)(?: (?:[A-Z]{3,5}|[+-]\d\d(?:\d\d)?))?(?: m=[+-][\d.]+)?)?)?$/

/**
 * Reads only what names one instant. `Date.parse` reads almost anything: a time without a zone as local, so that the same
 * row differs by device, 30 February as 2 March, and what stands behind a time in brackets not at all.
 */
function parseDate(text: string): Date {
  const parts = dateText.exec(text.trim())
  if (parts === null) return new Date(Number.NaN)
  const [year, month, day, hour, minute, second] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0))
  const [, , , , , , , fraction = '', offset = '+00'] = parts
  const date = new Date(0)
  date.setUTCFullYear(year!, month! - 1, day)
  if (date.getUTCMonth() !== month! - 1 || date.getUTCDate() !== day) return new Date(Number.NaN)
  date.setUTCHours(hour!, minute, second, Number(fraction.slice(0, 3).padEnd(3, '0')))
  // 24:00 is the end of the day, and there is nothing after it.
  if (hour === 24 && date.getTime() % 86_400_000 !== 0) return new Date(Number.NaN)
  return new Date(date.getTime() - offsetMs(offset))
}

/** `+02`, `+0530`, `+05:30` or, as of the zones before 1930, `+00:19:32`. */
function offsetMs(offset: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = (offset.match(/\d\d/g) ?? []).map(Number)
  const ms = ((hours * 60 + minutes) * 60 + seconds) * 1000
  return offset.startsWith('-') ? -ms : ms
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (Array.isArray(value)) return value.every(isJson)
  return (
    isPlain(value) && Object.values(value).every((inner) => inner === undefined || isJson(inner))
  )
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
