import { column, ColumnType, Schema, Table } from '@powersync/common'
import type { ColumnsType } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  bigintColumn,
  booleanColumn,
  createPowerSyncCollection,
  dateColumn,
  enumColumn,
  jsonColumn,
} from '@rowsignal/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'

/** Names that must be quoted, that SQL knows, that every object has. */
const itemColumns: ColumnsType = {
  text: column.text,
  integer: column.integer,
  real: column.real,
  select: column.integer,
  order: column.text,
  "it's": column.text,
  'sp ace': column.real,
  'a"b': column.integer,
  naïve: column.text,
  constructor: column.text,
  'a-b': column.real,
}
const schema = new Schema({
  items: new Table(itemColumns),
  rich: new Table({
    text: column.text,
    real: column.real,
    integer: column.integer,
    done: column.integer,
    due: column.text,
    at: column.integer,
    tags: column.text,
    size: column.integer,
    digits: column.text,
    state: column.text,
    note: column.text,
  }),
})
const { items, rich } = schema.props
const columns = items.columns.map(({ name, type }) => ({ name, type }))
const runs = { numRuns: Number(process.env['CODEC_RUNS'] ?? 150) }

/** Values as the JSON that a sync brings spells them: `1`, `1.0` and `1e0` are three. */
const number = fc.oneof(
  fc.integer().map(String),
  fc.maxSafeInteger().map(String),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc
    .constantFrom(-1n, 0n, 1n)
    .chain((near) =>
      fc
        .constantFrom(2n ** 53n, 2n ** 63n, -(2n ** 53n), -(2n ** 63n))
        .map((edge) => String(edge + near)),
    ),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.nat(99), fc.integer({ min: -320, max: 320 }))
    .map(([whole, part, exponent]) => `${whole}.${part}e${exponent}`),
  fc.constantFrom('0', '-0', '-0.0', '1.0', '1e3', '1E+3', '9e999', '-9e999'),
)
const plainText = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme' }) },
  {
    weight: 9,
    arbitrary: fc.constantFrom('', '\0', 'a\0b', '🌍', 'é', 'true', 'null', '\u2028'),
  },
  fc.constant('long '.repeat(10_000)),
)
const numericText = fc
  .tuple(
    fc.constantFrom('', ' ', '\t\n\v\f\r ', '\u00a0', '+', '-', '--', '.'),
    fc.oneof(number, fc.constantFrom('0x10', 'Infinity', 'NaN', '1_0', '.5', '5.', '1e', '')),
    fc.constantFrom('', ' ', 'abc', '.', 'e5', '\0', '٣'),
  )
  .map((parts) => parts.join(''))
const json = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: fc.oneof(plainText, numericText).map((text) => JSON.stringify(text)) },
  fc.constantFrom('null', 'true', 'false', '"\\ud800"', '"\\udc00x\\ud83d\\ude00"', '"\\u00e9"'),
  fc.json(),
  fc.constantFrom('{"b":1.0,"2":[1e3],"1":"\\u00e9"}', '[ 9007199254740993 , null ]', '{}', '[]'),
)
/** The stored JSON of a row: some of the columns, and what a sync adds. */
const storedRow = fc
  .tuple(
    fc.record(Object.fromEntries(columns.map(({ name }) => [name, json])), { requiredKeys: [] }),
    fc.boolean(),
  )
  .map(([values, extra]) => {
    const members = Object.entries(values).map(
      ([name, value]) => `${JSON.stringify(name)}:${value}`,
    )
    if (extra) members.unshift('"id":"other"', '"undeclared":1')
    return `{${members.join(', ')}}`
  })

/** The bytes of a text, half surrogate pairs as SQLite keeps them, which Node's encoder does not. */
function bytesOf(text: string): string {
  const bytes = Array.from(text, (character) => {
    const code = character.codePointAt(0)!
    if (code < 0xd800 || code > 0xdfff) return Buffer.from(character)
    return Buffer.from([0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f)])
  })
  return Buffer.concat(bytes).toString('hex').toUpperCase()
}

/** A row in a form in which two values are equal only if SQLite holds the same. */
type Exact = Record<string, string | number | null>

const asExact: Record<ColumnType, (value: unknown) => string | number> = {
  [ColumnType.TEXT]: (value) => bytesOf(value as string),
  [ColumnType.INTEGER]: (value) => String(value),
  [ColumnType.REAL]: (value) => (value as number) + 0,
}

function exact(row: object): Exact {
  const values = row as Record<string, unknown>
  return Object.fromEntries(
    columns.map(({ name, type = ColumnType.TEXT }) => {
      const value = values[name]
      return [name, value === null ? null : asExact[type](value)]
    }),
  )
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** What `SELECT *` says, without the driver's rounding and its end at the first NUL. */
async function selectExact(database: PowerSyncDatabase): Promise<Map<string, Exact>> {
  const values = columns.map(({ name, type }, index) => {
    const value = quoted(name)
    if (type === ColumnType.REAL) return `${value} AS c${index}`
    const shown = type === ColumnType.INTEGER ? `CAST(${value} AS TEXT)` : `hex(${value})`
    return `CASE WHEN ${value} IS NOT NULL THEN ${shown} END AS c${index}`
  })
  const rows = await database.getAll<Record<string, string | number | null>>(
    `SELECT id, ${values.join(', ')} FROM items`,
  )
  return new Map(
    rows.map((row) => [
      String(row['id']),
      Object.fromEntries(
        columns.map(({ name }, index) => {
          const value = row[`c${index}`] ?? null
          return [name, typeof value === 'number' ? value + 0 : value]
        }),
      ),
    ]),
  )
}

const bigints = { integer: bigintColumn(), select: bigintColumn(), 'a"b': bigintColumn() }

function openBoth(database: PowerSyncDatabase) {
  return {
    all: createPowerSyncCollection({ database, table: items, columns: bigints }),
    plain: createPowerSyncCollection({ database, table: items }),
  }
}

function hasUnsafe(row: Exact): boolean {
  return columns.some(
    ({ name, type }) =>
      type === ColumnType.INTEGER && row[name] !== null && !Number.isSafeInteger(Number(row[name])),
  )
}

function expectEqual(
  { all, plain }: ReturnType<typeof openBoth>,
  wanted: Map<string, Exact>,
): void {
  expect(new Map([...all.entries()].map(([id, row]) => [id, exact(row)]))).toEqual(wanted)
  const safe = [...wanted].filter(([, row]) => !hasUnsafe(row))
  expect(new Map([...plain.entries()].map(([id, row]) => [id, exact(row)]))).toEqual(new Map(safe))
  const unsafe = [...wanted].filter(([, row]) => hasUnsafe(row))
  expect([...plain.utils.badRows.keys()].sort()).toEqual(unsafe.map(([id]) => id).sort())
}

test('synced rows are exactly what the view shows, by the first read and by a change', async () => {
  const database = await openDatabase(schema)
  const changed = openBoth(database)
  await Promise.all([changed.all.preload(), changed.plain.preload()])
  await fc.assert(
    fc.asyncProperty(fc.array(storedRow, { minLength: 1, maxLength: 12 }), async (rows) => {
      await database.writeTransaction(async (transaction) => {
        await transaction.execute('DELETE FROM ps_data__items')
        for (const [index, row] of rows.entries()) {
          await transaction.execute('INSERT INTO ps_data__items(id, data) VALUES (?, ?)', [
            `r${index}`,
            row,
          ])
        }
      })
      const wanted = await selectExact(database)
      await eventually(() => expectEqual(changed, wanted))
      // Only now: records of changes that are still there would be read with the first read, and hide what it does.
      const read = openBoth(database)
      await Promise.all([read.all.preload(), read.plain.preload()])
      expectEqual(read, wanted)
      await Promise.all([read.all.cleanup(), read.plain.cleanup()])
    }),
    runs,
  )
})

const text = fc.string({ unit: 'grapheme' })
const nullable = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values)
/** What a row of the app's own may hold; columns may be left out. */
const richRow = fc.record(
  {
    text: nullable(fc.oneof(text, numericText)),
    real: nullable(fc.double({ noNaN: true, min: -1e308, max: 1e308 })),
    integer: nullable(fc.maxSafeInteger()),
    done: nullable(fc.boolean()),
    due: nullable(fc.date({ noInvalidDate: true })),
    at: nullable(fc.date({ noInvalidDate: true })),
    tags: nullable(fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as unknown)), // no -0
    size: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    digits: nullable(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    state: nullable(fc.constantFrom('open', 'done')),
  },
  { requiredKeys: [] },
)
const empty: Record<string, unknown> = Object.fromEntries(
  rich.columns.map(({ name }) => [name, null]),
)

function openRich(database: PowerSyncDatabase) {
  return createPowerSyncCollection({
    database,
    table: rich,
    columns: {
      done: booleanColumn(),
      due: dateColumn(),
      at: dateColumn(),
      tags: jsonColumn(),
      size: bigintColumn(),
      digits: bigintColumn(),
      state: enumColumn('open', 'done'),
    },
  })
}

/** Without what TanStack DB adds. */
function plain(row: object | undefined): object {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([name]) => !name.startsWith('$')))
}

test('what a collection writes reads back as the same values, by its echo, by a change and by a first read', async () => {
  const database = await openDatabase(schema)
  const writer = openRich(database)
  const watcher = openRich(database)
  await Promise.all([writer.preload(), watcher.preload()])
  let id = 0
  await fc.assert(
    fc.asyncProperty(fc.array(richRow, { minLength: 1, maxLength: 5 }), async (values) => {
      const rows = values.map((row) => ({ ...row, id: `r${id++}` }))
      const write = writer.insert(rows)
      const wanted = rows.map(({ real = null, ...row }): Record<string, unknown> => ({
        ...empty,
        ...row,
        real: real === null ? null : Number(real.toPrecision(15)) + 0, // what a view keeps of a real
      }))
      const shownBy = (collection: typeof writer): object[] =>
        rows.map((row) => plain(collection.get(row.id)))
      expect(shownBy(writer)).toEqual(wanted)
      await write.isPersisted.promise
      const ids = rows.map((row) => row.id)
      await writer.update(ids, (drafts) => {
        for (const draft of drafts) draft.note = 'noted'
      }).isPersisted.promise
      for (const row of wanted) row.note = 'noted'
      const reader = openRich(database)
      await reader.preload()
      for (const collection of [writer, watcher, reader])
        expect(shownBy(collection)).toEqual(wanted)
      await reader.cleanup()
      await writer.delete(ids).isPersisted.promise
    }),
    runs,
  )
})
