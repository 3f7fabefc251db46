import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, rows, transact } from '@rowsignal/core'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const schema = new Schema({
  lists: new Table({ name: column.text }),
  todos: new Table({ title: column.text, done: column.integer, list_id: column.text }),
})

test('a ready collection holds what SQLite holds', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title, done) VALUES ('a', 'Pack', 0)")
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  expect(todos.toArray).toMatchObject([{ id: 'a', title: 'Pack', done: 0, list_id: null }])
})

test('a write outside reaches the collection', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  await database.execute("INSERT INTO todos(id, title, done) VALUES ('a', 'Pack', 0)")
  await eventually(() => expect(todos.get('a')).toMatchObject({ title: 'Pack' }))
  await database.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
  await eventually(() => expect(todos.get('a')).toMatchObject({ title: 'Pack', done: 1 }))
  await database.execute("DELETE FROM todos WHERE id = 'a'")
  await eventually(() => expect(todos.has('a')).toBe(false))
})

test('a write of the collection is in SQLite and shown when its promise resolves', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  const insert = todos.insert({ id: 'a', title: 'Pack' })
  expect(todos.get('a')).toMatchObject({ title: 'Pack', done: null })
  await insert.isPersisted.promise
  expect(todos.get('a')).toMatchObject({ title: 'Pack', done: null, $synced: true })
  expect(await database.getAll('SELECT * FROM todos')).toEqual([
    { id: 'a', title: 'Pack', done: null, list_id: null },
  ])
  await todos.update('a', (draft) => {
    draft.done = 1
  }).isPersisted.promise
  expect(await database.getAll('SELECT data FROM ps_crud ORDER BY id')).toHaveLength(2)
  await todos.delete('a').isPersisted.promise
  expect(await database.getAll('SELECT * FROM todos')).toEqual([])
})

test('transact writes several collections in one SQLite transaction', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await transact(() => {
    lists.insert({ id: 'l', name: 'Trip' })
    todos.insert([
      { id: 'a', title: 'Pack', list_id: 'l' },
      { id: 'b', title: 'Go', list_id: 'l' },
    ])
  }).isPersisted.promise
  expect(todos.size).toBe(2)
  expect(lists.size).toBe(1)
  const crud = await database.getAll<{ tx_id: number }>('SELECT tx_id FROM ps_crud')
  expect(new Set(crud.map((entry) => entry.tx_id)).size).toBe(1)
})

test('a write and the live queries over it are one change for listeners', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  const done = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 1)),
  )
  await done.preload()
  const seen: string[] = []
  const look = (): void => {
    const all = rows(todos)
      .get()
      .filter((row) => row.done === 1)
    seen.push(`${all.length} of ${rows(done).get().length}`)
  }
  onTestFinished(rows(todos).listen(look))
  onTestFinished(rows(done).listen(look))
  await todos.insert({ id: 'a', done: 1 }).isPersisted.promise
  await todos.update('a', (draft) => {
    draft.done = 0
  }).isPersisted.promise
  await todos.delete('a').isPersisted.promise
  expect(new Set(seen)).toEqual(new Set(['1 of 1', '0 of 0']))
})
