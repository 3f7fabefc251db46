import { column, Schema, Table } from '@powersync/common'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'

test('real database', async () => {
  const db = await openDatabase(new Schema({ todos: new Table({ title: column.text }) }))
  await db.execute("INSERT INTO todos(id, title) VALUES ('1', 'a')")
  expect(await db.getAll('SELECT * FROM todos')).toEqual([{ id: '1', title: 'a' }])
})
