/**
 * Single values between SQLite and JavaScript, by the type of their column. Reading says what the table's view says,
 * `CAST(json_extract(data, '$.column') AS type)`; writing gives what reads back as the same value, or nothing.
 */
import { ColumnType } from '@powersync/common'

/** A value that SQLite takes as it is. */
export type SqliteValue = string | number | null

/** A value in the stored JSON. */
export type StoredValue = string | number | boolean | object | null | undefined

/** What the table's view shows; an integer that JavaScript's numbers would round is a bigint. */
export type ViewValue = string | number | bigint | null

interface ColumnValues {
  readonly read: (stored: StoredValue) => ViewValue
  /** Whether `read` gives exactly what the view shows: `JSON.parse` has then lost nothing that matters. */
  readonly isExact: (stored: StoredValue) => boolean
  /** `undefined`: the column has no place for the value. */
  readonly write: (value: unknown) => string | number | undefined
}

/** The values of a column of this type. */
export function valuesOf(type: ColumnType | undefined): ColumnValues {
  if (type === ColumnType.INTEGER) return integers
  return type === ColumnType.REAL ? reals : texts
}

const texts: ColumnValues = {
  read(stored) {
    if (typeof stored === 'string') return stored
    if (stored === null || stored === undefined) return null
    if (typeof stored === 'boolean') return stored ? '1' : '0'
    return JSON.stringify(stored)
  },

  // `1` and `1.0` are two texts and one number; objects lose the spelling of numbers and the order of keys.
  isExact(stored) {
    return typeof stored !== 'number' && (typeof stored !== 'object' || stored === null)
  },

  write(value) {
    const text = toText(value)
    return text !== undefined && isWellFormed(text) ? text : undefined
  },
}

const integers: ColumnValues = {
  read(stored) {
    if (typeof stored === 'number') return Math.trunc(stored) + 0 // -0 is 0, as in SQLite
    if (typeof stored === 'boolean') return stored ? 1 : 0
    if (typeof stored !== 'string') return stored === null || stored === undefined ? null : 0
    const digits = integerPrefix.exec(stored)?.[1] ?? '0'
    const number = Number(digits)
    return Number.isSafeInteger(number) ? number + 0 : BigInt(digits)
  },

  // SQLite has 64 bits and stops at their ends.
  isExact(stored) {
    if (typeof stored === 'number') return Number.isSafeInteger(Math.trunc(stored))
    return typeof stored !== 'string' || typeof integers.read(stored) === 'number'
  },

  write(value) {
    if (typeof value === 'string') return isInt64(value) ? value : undefined
    // As text, which the view casts exactly. As a number it would be rounded by whoever parses the JSON.
    if (typeof value === 'bigint') return integers.write(String(value))
    const number = toNumber(value)
    return Number.isSafeInteger(number) ? number : undefined
  },
}

const reals: ColumnValues = {
  read(stored) {
    if (typeof stored === 'number') return stored + 0
    if (typeof stored === 'boolean') return stored ? 1 : 0
    if (typeof stored !== 'string') return stored === null || stored === undefined ? null : 0
    return Number(realPrefix.exec(stored)?.[1] ?? 0) + 0
  },

  // SQLite 3.53 rounds some texts of more than 20 digits otherwise than JavaScript does.
  isExact(stored) {
    return typeof stored !== 'string' || (realPrefix.exec(stored)?.[1] ?? '').length <= 20
  },

  write(value) {
    if (typeof value === 'string') {
      return wholeReal.test(value) && Number.isFinite(Number(value)) ? value : undefined
    }
    if (typeof value !== 'bigint') return storedReal(toNumber(value))
    const stored = storedReal(Number(value))
    return stored !== undefined && BigInt(stored) === value ? stored : undefined
  },
}

// What SQLite's casts take for leading space is less than `\s`.
const integerPrefix = /^[\t-\r ]*([+-]?\d+)/
const realPrefix = /^[\t-\r ]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/
const wholeReal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const loneSurrogate = /\p{Surrogate}/u

function toText(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint') return String(value)
  if (value instanceof Date) return isValid(value) ? value.toISOString() : undefined
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined // JSON has only null for it
  try {
    return JSON.stringify(value) // undefined of a function, for one
  } catch {
    return undefined // a circle, for one
  }
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return value instanceof Date ? value.getTime() : Number.NaN
}

function isValid(date: Date): boolean {
  return !Number.isNaN(date.getTime())
}

function isInt64(text: string): boolean {
  return /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
}

/**
 * A number as a REAL column keeps it, if it can: PowerSync's views write reals as JSON, also those of columns that an
 * update leaves alone, and SQLite gives reals 15 digits in JSON.
 */
export function storedReal(number: number): number | undefined {
  const stored = Number(number.toPrecision(15)) + 0
  return Number.isFinite(stored) ? stored : undefined
}

/** Whether text has only whole characters: SQLite keeps half of a surrogate pair as bytes that no driver reads back. */
export function isWellFormed(text: string): boolean {
  return !loneSurrogate.test(text)
}

/**
 * Whether every driver gives and takes an id as SQLite has it: they end a text at a NUL and put U+FFFD for what is no
 * UTF-8, so that the id would be that of another row.
 */
export function isReadableId(id: unknown): id is string {
  return typeof id === 'string' && !/[\0\uFFFD\p{Surrogate}]/u.test(id)
}
