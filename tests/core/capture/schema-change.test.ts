import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection } from '@rowsignal/core'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { slowAction } from '../../support/slow-action.ts'
import { schema, trackingObjects } from '../../support/todos.ts'
import { openTrip } from '../../support/trip.ts'

const listsOnly = new Schema({ lists: new Table({ name: column.text }) })

test('a table that the schema loses empties its collection, whose status says so', async () => {
  const { database, lists, todos } = await openTrip()
  await database.updateSchema(listsOnly)
  await eventually(() => expect(todos.status).toBe('error'))
  expect(todos.utils.error).toMatchObject({ code: 'table-not-in-schema' })
  expect(todos.size).toBe(0)
  expect(lists.status).toBe('ready')
})

test('a table that comes back brings its rows back, and their changes', async () => {
  const { database, todos } = await openTrip()
  await database.updateSchema(listsOnly)
  await eventually(() => expect(todos.status).toBe('error'))
  await database.updateSchema(schema)
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(todos.utils.error).toBeUndefined()
  expect(todos.get('a')).toMatchObject({ title: 'Pack' })
  await database.execute("UPDATE todos SET title = 'Go' WHERE id = 'a'")
  await eventually(() => expect(todos.get('a')).toMatchObject({ title: 'Go' }))
  await todos.insert({ id: 'b', title: 'Rest' }).isPersisted.promise
  expect(todos.get('b')).toMatchObject({ title: 'Rest', $synced: true })
})

test('a live query over a table that went and came back shows its rows', async () => {
  const { database, lists, todos } = await openTrip()
  const joined = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .innerJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id))
      .select(({ todo, list }) => ({ title: todo.title, list: list.name })),
  )
  await joined.preload()
  await database.updateSchema(listsOnly)
  await eventually(() => expect(todos.status).toBe('error'))
  await database.updateSchema(schema)
  await eventually(() => expect(joined.toArray).toMatchObject([{ title: 'Pack', list: 'Trip' }]))
  expect(joined.status).toBe('ready')
})

test('the collections of other tables go on over a schema change without being read again', async () => {
  const { database, lists, todos } = await openTrip()
  const before = lists.get('l')
  const events: unknown[] = []
  lists.subscribeChanges((changes) => events.push(...changes), { includeInitialState: false })
  await database.updateSchema(listsOnly)
  await eventually(() => expect(todos.status).toBe('error'))
  expect(lists.get('l')).toBe(before)
  expect(events).toEqual([])
  await database.execute("UPDATE lists SET name = 'Journey' WHERE id = 'l'")
  await eventually(() => expect(lists.get('l')).toMatchObject({ name: 'Journey' }))
})

test('a column that the schema gains is in the rows', async () => {
  const { database, todos } = await openTrip()
  await database.updateSchema(
    new Schema({
      lists: new Table({ name: column.text }),
      todos: new Table({ title: column.text, list_id: column.text, note: column.text }),
    }),
  )
  await eventually(() => expect(todos.get('a')).toHaveProperty('note', null))
  await database.execute("UPDATE todos SET note = 'warm' WHERE id = 'a'")
  await eventually(() => expect(todos.get('a')).toMatchObject({ note: 'warm' }))
  expect(todos.get('a')).not.toHaveProperty('done')
})

test('a table that becomes local-only is read where its rows are now', async () => {
  const { database, todos } = await openTrip()
  const local = new Schema({
    lists: new Table({ name: column.text }),
    todos: new Table({ title: column.text, list_id: column.text }, { localOnly: true }),
  })
  await database.updateSchema(local)
  await eventually(() => expect(todos.status).toBe('ready'))
  await database.execute("INSERT INTO todos(id, title) VALUES ('b', 'Stay')")
  await eventually(() => expect(todos.get('b')).toMatchObject({ title: 'Stay' }))
  const stored = await database.getAll<{ id: string }>('SELECT id FROM todos ORDER BY id')
  expect([...todos.keys()]).toEqual(stored.map(({ id }) => id))
})

test('a write during a schema change is persisted once', async () => {
  const { database, lists } = await openTrip()
  const change = database.updateSchema(listsOnly)
  const writes = Array.from({ length: 20 }, (_, index) =>
    lists.insert({ id: `l${index}`, name: 'New' }),
  )
  await Promise.all([change, ...writes.map((write) => write.isPersisted.promise)])
  const crud = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
  const ids = crud.map(({ data }) => (JSON.parse(data) as { id: string }).id)
  expect(ids.filter((id) => id.startsWith('l') && id !== 'l')).toEqual(
    writes.map((_, index) => `l${index}`),
  )
  expect(lists.size).toBe(21)
})

test('a write that the schema change overtakes is shown until its table is gone', async () => {
  const { database, lists } = await openTrip()
  const names: unknown[] = []
  lists.subscribeChanges((changes) => {
    for (const { type, value } of changes) names.push(type === 'delete' ? 'gone' : value.name)
  })
  let write: ReturnType<typeof lists.update> | undefined
  let change: Promise<void> | undefined
  await database.writeTransaction(async (lock) => {
    write = lists.update('l', (draft) => {
      draft.name = 'Journey'
    })
    await lock.execute('SELECT 1') // the write is in line for the lock by then, before the new schema
    change = database.updateSchema(new Schema({ todos: new Table({ title: column.text }) }))
  })
  await Promise.all([write?.isPersisted.promise, change])
  await eventually(() => expect(lists.size).toBe(0))
  expect(names[0]).toBe('Journey')
  expect(new Set(names)).toEqual(new Set(['Journey', 'gone']))
})

test('rows that still wait for a slow action when their table is lost are not shown after it', async () => {
  const { database } = await openTrip()
  const drafts = new Table({ body: column.text }, { localOnly: true })
  const withDrafts = new Schema({ lists: new Table({ name: column.text }), drafts })
  await database.updateSchema(withDrafts)
  await database.execute("INSERT INTO drafts(id, body) VALUES ('a', 'one'), ('b', 'two')")
  const collection = createPowerSyncCollection({ database, table: withDrafts.props.drafts })
  collection.startSyncImmediate()
  const action = slowAction(() => collection.insert({ id: 'c', body: 'mine' }))
  await eventually(() => expect(collection.utils.isHeld()).toBe(true))
  expect(collection.size).toBe(1) // the rows that were read wait for the action

  await database.updateSchema(listsOnly)
  await database.updateSchema(withDrafts)
  await eventually(() => expect(collection.status).toBe('ready'))
  await database.execute("INSERT INTO drafts(id, body) VALUES ('d', 'new')")
  await action.end()
  await eventually(() => expect(collection.has('d')).toBe(true))
  expect([...collection.keys()]).toEqual(['d'])
})

test('a write to a table that the schema has lost is refused and told', async () => {
  const { database, todos } = await openTrip()
  await database.updateSchema(listsOnly)
  await eventually(() => expect(todos.status).toBe('error'))
  expect(() => todos.insert({ id: 'b', title: 'Rest' })).toThrow(/error/)
})

test('collections leave nothing behind after schema changes', async () => {
  const { database, lists, todos } = await openTrip()
  await database.updateSchema(listsOnly)
  await eventually(() => expect(todos.status).toBe('error'))
  await database.updateSchema(schema)
  await eventually(() => expect(todos.status).toBe('ready'))
  await Promise.all([lists.cleanup(), todos.cleanup()])
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
})
