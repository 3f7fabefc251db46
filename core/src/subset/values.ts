/**
 * Values in SQL that are what @tanstack/db's evaluator makes of the decoded row. SQLite can't tell all of them (`lower`
 * of a text that is not ASCII, a date in a rare spelling): such a value is NULL although it is there.
 */
import { ColumnType } from '@powersync/common'
import { constantOf, type Expression, hasRef, pathOf } from './expressions.ts'
import { bind, raw, sql, type Sql } from './sql-text.ts'
import type { ComparedAs } from '../codec/columns.ts'
import type { SqlColumn, SqlColumns } from '../codec/row-options.ts'
import { isWellFormed } from '../codec/sqlite-values.ts'
import { storedColumn } from '../libraries/sql.ts'

export interface SqlValue {
  /** What equals what: a value is never equal to one of another kind. A date is its epoch ms. */
  readonly kind: 'text' | 'number' | 'boolean' | 'bigint'
  readonly sql: Sql
  /** If SQLite can't tell each value: what is NULL only where there is none. */
  readonly presence?: Sql
  /** Of a boolean: where it is false, in words that an index knows. */
  readonly isFalse?: Sql
  /** A number that is whole, not infinite, and no date. */
  readonly isInteger?: boolean
}

const idValue: SqlValue = { kind: 'text', sql: raw('stored.id') }

/** Undefined: SQL has no such value. */
export function valueOf(expression: Expression, columns: SqlColumns): SqlValue | undefined {
  try {
    if (!hasRef(expression)) return constantValue(constantOf(expression))
  } catch {
    return undefined // so would the evaluator: the query shows it
  }
  if (expression.type === 'ref') return columnValue(pathOf(expression), columns)
  if (expression.type !== 'func') return undefined
  const make = functions.get(expression.name)
  if (make === undefined) return undefined
  const args: SqlValue[] = []
  for (const arg of expression.args) {
    const value = valueOf(arg, columns) ?? (isNothing(arg) ? absent : undefined)
    if (value === undefined) return undefined
    args.push(value)
  }
  return make(args)
}

/** Null and undefined are values of no kind, but those of every function that replaces them. */
const absent: SqlValue = { kind: 'number', sql: raw('NULL'), isInteger: true }

function isNothing(expression: Expression): boolean {
  return expression.type === 'val' && (expression.value ?? null) === null
}

/** A value that every driver binds as it is. */
export function constantValue(value: unknown): SqlValue | undefined {
  if (typeof value === 'string') {
    return isBindable(value) ? { kind: 'text', sql: bind(value) } : undefined
  }
  if (typeof value === 'boolean') return { kind: 'boolean', sql: bind(value ? 1 : 0) }
  if (typeof value === 'bigint') {
    if (BigInt.asIntN(64, value) !== value) return undefined
    return { kind: 'bigint', sql: sql`CAST(${bind(String(value))} AS INTEGER)` }
  }
  const number = value instanceof Date ? value.getTime() : value
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined
  return { kind: 'number', sql: bind(number), isInteger: Number.isSafeInteger(value) }
}

/** Drivers end a text at a NUL and replace half of a surrogate pair. */
export function isBindable(text: string): boolean {
  return isWellFormed(text) && !text.includes('\0')
}

function columnValue(path: readonly string[], columns: SqlColumns): SqlValue | undefined {
  const [name = ''] = path
  if (path.length !== 1) return undefined
  if (name === 'id') return idValue
  const column = columns.get(name)
  return column && kinds[column.comparedAs](raw(storedColumn(name, column.type)), column)
}

const kinds: Record<ComparedAs, (stored: Sql, column: SqlColumn) => SqlValue> = {
  text: (stored) => ({ kind: 'text', sql: stored }),
  number: (stored, { type }) => ({
    kind: 'number',
    sql: stored,
    isInteger: type === ColumnType.INTEGER,
  }),
  boolean: (stored) => ({
    kind: 'boolean',
    sql: sql`(${stored} <> 0)`,
    isFalse: sql`(${stored} = 0)`,
  }),
  date(stored, { type }) {
    if (type === ColumnType.INTEGER) return { kind: 'number', sql: stored }
    if (type === ColumnType.REAL) return { kind: 'number', sql: sql`CAST(${stored} AS INTEGER)` }
    return { kind: 'number', sql: epochMs(stored), presence: stored }
  },
  bigint(stored, { type }) {
    if (type === ColumnType.INTEGER) return { kind: 'bigint', sql: stored }
    // Of more digits SQLite may make the greatest that it has.
    const short = sql`iif(length(${stored}) < 19, CAST(${stored} AS INTEGER), NULL)`
    return { kind: 'bigint', sql: short, presence: stored }
  },
}

const day = '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'

/**
 * The ms of a day and of a time in UTC, as JavaScript, Postgres and SQLite write them; NULL for all other spellings.
 * Digits below the millisecond are cut off, as the codec does: SQLite's own `subsec` would round.
 */
function epochMs(text: Sql): Sql {
  const digits = sql`rtrim(substr(${text}, 21), 'Z')`
  return sql`CASE
    WHEN ${text} GLOB ${raw(`'${day}[T ][0-9][0-9]:[0-9][0-9]:[0-9][0-9]*'`)}
      AND (substr(${text}, 20) IN ('', 'Z') OR substr(${text}, 20, 1) = '.' AND ${digits} GLOB '[0-9]*' AND ${digits} NOT GLOB '*[^0-9]*')
      THEN unixepoch(substr(${text}, 1, 19)) * 1000 + CAST(substr(${digits} || '000', 1, 3) AS INTEGER)
    WHEN ${text} GLOB ${raw(`'${day}'`)} THEN unixepoch(${text}) * 1000 END`
}

/** Whether a text is ASCII without NUL, at which `length` ends. */
export function isAscii(text: Sql): Sql {
  return sql`length(${text}) = octet_length(${text})`
}

type Make = (args: readonly SqlValue[]) => SqlValue | undefined

const functions: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['lower', (args) => ofAscii(args, 'lower')],
  ['upper', (args) => ofAscii(args, 'upper')],
  [
    'length',
    ([text]) => {
      if (text?.kind !== 'text' || text.presence !== undefined) return undefined
      const units = sql`iif(${text.sql} IS NULL, 0, iif(${isAscii(text.sql)}, length(${text.sql}), NULL))`
      return { kind: 'number', sql: units, presence: raw('1'), isInteger: true }
    },
  ],
  [
    'concat',
    (args) => {
      const texts = args.map(asText)
      if (texts.length === 0 || texts.some((text) => text === undefined)) return undefined
      return {
        kind: 'text',
        sql: texts.map((text) => text!).reduce((before, text) => sql`(${before} || ${text})`),
      }
    },
  ],
  [
    'coalesce',
    (args) => {
      const given = args.filter((arg) => arg !== absent)
      const [first] = given
      if (first === undefined || given.some((arg) => isOther(arg, first))) return undefined
      const isInteger = given.every((arg) => arg.isInteger === true)
      const list = given.map((arg) => arg.sql).reduce((before, next) => sql`${before}, ${next}`)
      return { kind: first.kind, sql: sql`coalesce(${list}, NULL)`, isInteger }
    },
  ],
  ['add', (args) => calculate(args, '+')],
  ['subtract', (args) => calculate(args, '-')],
])

function isOther(value: SqlValue, first: SqlValue): boolean {
  return value.kind !== first.kind || value.presence !== undefined
}

function ofAscii([text]: readonly SqlValue[], name: 'lower' | 'upper'): SqlValue | undefined {
  if (text?.kind !== 'text' || text.presence !== undefined) return undefined
  return {
    kind: 'text',
    sql: sql`iif(${isAscii(text.sql)}, ${raw(name)}(${text.sql}), NULL)`,
    presence: text.sql,
  }
}

function asText(value: SqlValue): Sql | undefined {
  if (value === absent) return raw("''")
  if (value.presence !== undefined) return undefined
  if (value.kind === 'text') return sql`ifnull(${value.sql}, '')`
  if (value.isInteger === true) return sql`ifnull(CAST(CAST(${value.sql} AS INTEGER) AS TEXT), '')`
  return undefined
}

/** As JavaScript's numbers are: nothing is 0. Infinities are left out, whose difference is no number. */
function calculate(args: readonly SqlValue[], operator: '+' | '-'): SqlValue | undefined {
  const [left, right] = args
  if (left?.isInteger !== true || right?.isInteger !== true) return undefined
  if (left.presence !== undefined || right.presence !== undefined) return undefined
  const number = (value: SqlValue) => sql`CAST(ifnull(${value.sql}, 0) AS REAL)`
  return { kind: 'number', sql: sql`(${number(left)} ${raw(operator)} ${number(right)})` }
}
