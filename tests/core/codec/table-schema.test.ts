/** What a collection without a schema of the app's own asks of its rows. */
import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({
  items: new Table({ text: column.text, integer: column.integer, real: column.real }),
})
const table = schema.props.items

test('a table without a schema refuses such values at the call', async () => {
  const database = await openDatabase(schema)
  const items = createPowerSyncCollection({ database, table })
  const { NaN: nan, POSITIVE_INFINITY: infinity, MAX_VALUE: max } = Number
  for (const row of [
    { text: '\ud800' },
    { integer: 1.5 },
    { integer: 2 ** 53 },
    { integer: nan },
  ]) {
    expect(() => items.insert({ id: 'a', ...row })).toThrow('Insert validation failed')
  }
  for (const real of [nan, infinity, max]) {
    expect(() => items.insert({ id: 'a', real })).toThrow('path: real')
  }
  expect(() => items.insert({ id: '' })).toThrow('path: id')
  expect(() => items.insert({ id: '\ud800' })).toThrow('path: id')
})

test('a real is shown at once with the 15 digits that PowerSync’s views keep', async () => {
  const database = await openDatabase(schema)
  const items = createPowerSyncCollection({ database, table })
  const write = items.insert({ id: 'a', real: 0.1 + 0.2 })
  expect(items.get('a')?.real).toBe(0.3)
  await write.isPersisted.promise
  expect(await database.get('SELECT real FROM items')).toEqual({ real: 0.3 })
})

test('an integer beyond 2^53 in a column without a helper makes a bad row and is never rounded', async () => {
  const database = await openDatabase(schema)
  await database.execute(
    `INSERT INTO ps_data__items(id, data) VALUES ('a', '{"integer": 9007199254740993}'), ('b', '{"integer": 9007199254740991}')`,
  )
  const items = createPowerSyncCollection({ database, table })
  await items.preload()
  expect([...items.keys()]).toEqual(['b'])
  expect(items.utils.badRows.get('a')?.issues).toMatchObject([{ path: ['integer'] }])
})
