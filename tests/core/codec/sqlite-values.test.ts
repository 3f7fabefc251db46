import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, isRowsignalError } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({
  items: new Table({ text: column.text, integer: column.integer, real: column.real }),
})
const table = schema.props.items
/** Takes anything, so that only the codec stands between a value and SQLite. */
const anything = z.object({
  id: z.string(),
  text: z.any().optional(),
  integer: z.any().optional(),
  real: z.any().optional(),
})

const circle: unknown[] = []
circle.push(circle)

const unsupported: [column: string, value: unknown][] = [
  ['text', '\ud800'],
  ['text', 'a\udc00b'],
  ['text', new Date(Number.NaN)],
  ['text', Number.NaN],
  ['text', circle],
  ['text', () => 1],
  ['integer', 1.5],
  ['integer', 2 ** 53],
  ['integer', 2n ** 63n],
  ['integer', -(2n ** 63n) - 1n],
  ['integer', '12abc'],
  ['integer', ''],
  ['integer', new Date(Number.NaN)],
  ['integer', {}],
  ['real', Number.NaN],
  ['real', Number.POSITIVE_INFINITY],
  ['real', 'many'],
  ['real', '1e999'],
  ['real', 2n ** 60n + 1n],
  ['real', []],
]

test.each(unsupported)(
  '%s %s would not read back, so its write is refused',
  async (name, value) => {
    const database = await openDatabase(schema)
    const items = createPowerSyncCollection({ database, table, schema: anything })
    const write = items.insert({ id: 'a', [name]: value })
    const error = await write.isPersisted.promise.catch((reason: unknown) => reason)
    expect(isRowsignalError(error, 'value-unsupported')).toBe(true)
    expect(String(error)).toContain(`items.${name}`)
    expect(items.has('a')).toBe(false)
    expect(await database.getAll('SELECT id FROM ps_crud')).toEqual([])
  },
)

const supported: [column: string, value: unknown, stored: string][] = [
  ['text', 'a\0b', 'a\0b'],
  ['text', '', ''],
  ['text', 12n, '12'],
  ['text', 1.5, '1.5'],
  ['text', true, 'true'],
  ['text', { a: [1, null] }, '{"a":[1,null]}'],
  ['text', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['integer', -0, '0'],
  ['integer', true, '1'],
  ['integer', 2 ** 53 - 1, '9007199254740991'],
  ['integer', 2n ** 63n - 1n, '9223372036854775807'],
  ['integer', '-9223372036854775808', '-9223372036854775808'],
  ['integer', new Date(5), '5'],
  ['real', -0, '0.0'],
  ['real', 3, '3.0'],
  ['real', 0.1 + 0.2, '0.3'],
  ['real', '12.50', '12.5'],
  ['real', 5n, '5.0'],
  ['real', 10n ** 20n, '1.0e+20'],
  ['real', 1e300, '1.0e+300'],
]

test.each(supported)('%s %s is in SQLite as it should read', async (name, value, stored) => {
  const database = await openDatabase(schema)
  const items = createPowerSyncCollection({ database, table, schema: anything })
  await items.insert({ id: 'a', [name]: value }).isPersisted.promise
  const { hex } = await database.get<{ hex: string }>(
    `SELECT hex(CAST(${name} AS TEXT)) AS hex FROM items`,
  )
  expect(Buffer.from(hex, 'hex').toString()).toBe(stored)
})

test('what a serializer gives is held to the same', async () => {
  const database = await openDatabase(schema)
  const items = createPowerSyncCollection({
    database,
    table,
    schema: anything,
    serializer: { text: () => '\ud800', integer: () => 1.5, real: () => null },
  })
  for (const row of [{ text: 1 }, { integer: 1 }]) {
    const write = items.insert({ id: 'a', ...row })
    await expect(write.isPersisted.promise).rejects.toMatchObject({ code: 'value-unsupported' })
  }
  await items.insert({ id: 'a', real: 1 }).isPersisted.promise
  expect(await database.get('SELECT real FROM items')).toEqual({ real: null })
})
