import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, rowsignalTables } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { readRefused, refusedKeysOf } from '../../../core/src/outbox/refused-rows.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const todos = new Table({ title: column.text })
const schema = new Schema({ todos, ...rowsignalTables })

async function openWithRefused() {
  const database = await openDatabase(schema)
  const client = await database.getClientId()
  const refuse = (operation: number, table: string, row: string) =>
    database.execute(
      'INSERT INTO rowsignal_refused (id, operation_id, table_name, row_id, operation) VALUES (?, ?, ?, ?, ?)',
      [`${client}/${operation}`, operation, table, row, 'PATCH'],
    )
  return { database, refuse }
}

test('the keys of refused rows are those of the table, by table, as it changes', async () => {
  const { database, refuse } = await openWithRefused()
  await refuse(101, 'todos', 'a')
  const keys = refusedKeysOf(database)
  onTestFinished(keys.listen(() => undefined))
  await eventually(() => expect(keys.get()).toEqual(new Map([['todos', new Set(['a'])]])))
  const before = keys.get()
  await database.execute("INSERT INTO todos (id, title) VALUES ('x', 'x')")
  expect(keys.get()).toBe(before)
  await refuse(102, 'todos', 'b')
  await refuse(103, 'lists', 'b')
  await eventually(() =>
    expect(keys.get()).toEqual(
      new Map([
        ['todos', new Set(['a', 'b'])],
        ['lists', new Set(['b'])],
      ]),
    ),
  )
  await database.execute('DELETE FROM rowsignal_refused')
  await eventually(() => expect(keys.get()).toEqual(new Map()))
})

test('refused operations are read by their numbers in the queue, those of this client alone', async () => {
  const { database, refuse } = await openWithRefused()
  for (const operation of [3, 10, 4]) await refuse(operation, 'todos', `t${operation}`)
  await database.execute(
    "INSERT INTO rowsignal_refused (id, operation_id, operation) VALUES ('other/5', 5, 'PUT')",
  )
  const found = await readRefused(database, 3, 9)
  expect(found.map(({ operation_id, row_id }) => [operation_id, row_id])).toEqual([
    [3, 't3'],
    [4, 't4'],
  ])
})

test('where the schema has no table for them nothing is refused', async () => {
  const database = await openDatabase(new Schema({ todos }))
  const keys = refusedKeysOf(database)
  onTestFinished(keys.listen(() => undefined))
  expect(keys.get()).toEqual(new Map())
  expect(await readRefused(database, 0, 9)).toEqual([])
})

test('refused writes are rows of an ordinary collection', async () => {
  const { database, refuse } = await openWithRefused()
  const table = schema.props.rowsignal_refused
  const collection = createPowerSyncCollection({ database, table })
  await collection.preload()
  await refuse(1, 'todos', 'a')
  await eventually(() => expect(collection.toArray.map(({ row_id }) => row_id)).toEqual(['a']))
})
