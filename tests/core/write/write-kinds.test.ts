/** Every kind of write: what reaches SQLite and the upload queue, and that a failure leaves nothing of it. */
import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, PowerSyncTransactor, transact, upsert } from '@rowsignal/core'
import { createLiveQueryCollection, createTransaction, eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/todos.ts'

async function openTodos() {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await Promise.all([todos.preload(), lists.preload()])
  return { database, todos, lists, ...queueOf(database) }
}

function queueOf(database: Awaited<ReturnType<typeof openDatabase>>) {
  const queued = async (): Promise<string[]> => {
    const rows = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
    return rows.map(({ data }) => {
      const {
        op,
        id,
        data: values,
      } = JSON.parse(data) as {
        op: string
        id: string
        data?: object
      }
      return [op, id, JSON.stringify(values)].filter((part) => part !== undefined).join(' ')
    })
  }
  return { queued }
}

test('an array of rows is inserted in its order', async () => {
  const { todos, queued } = await openTodos()
  await todos.insert([{ id: 'b' }, { id: 'a' }, { id: 'c', title: 'C' }]).isPersisted.promise
  expect((await queued()).map((entry) => entry.slice(0, 5))).toEqual(['PUT b', 'PUT a', 'PUT c'])
})

test('an update of many rows writes the changed columns of each, in their order', async () => {
  const { todos, queued } = await openTodos()
  await todos.insert([
    { id: 'a', title: 'A', done: 0 },
    { id: 'b', title: 'B', done: 1 },
  ]).isPersisted.promise
  await todos.update(['b', 'a'], (drafts) => {
    for (const draft of drafts) draft.done = 1
  }).isPersisted.promise
  expect((await queued()).slice(2)).toEqual(['PATCH a {"done":1}'])
  expect(todos.toArray.map(({ done }) => done)).toEqual([1, 1])
})

test('a delete of many rows deletes each, in their order', async () => {
  const { database, todos, queued } = await openTodos()
  await todos.insert([{ id: 'a' }, { id: 'b' }, { id: 'c' }]).isPersisted.promise
  await todos.delete(['c', 'a']).isPersisted.promise
  expect((await queued()).slice(3)).toEqual(['DELETE c', 'DELETE a'])
  expect(await database.getAll('SELECT id FROM todos')).toEqual([{ id: 'b' }])
})

test('an upsert updates the rows that are there and inserts the others, as one transaction', async () => {
  const { database, todos } = await openTodos()
  await todos.insert({ id: 'a', title: 'A', done: 0 }).isPersisted.promise
  await database.execute('DELETE FROM ps_crud')
  await upsert(todos, [
    { id: 'a', done: 1 },
    { id: 'b', title: 'B' },
  ]).isPersisted.promise
  expect(todos.get('a')).toMatchObject({ title: 'A', done: 1 })
  const crud = await database.getAll<{ tx_id: number; data: string }>(
    'SELECT tx_id, data FROM ps_crud ORDER BY id',
  )
  expect(crud.map(({ data }) => JSON.parse(data) as unknown)).toMatchObject([
    { op: 'PATCH', id: 'a', data: { done: 1 } },
    { op: 'PUT', id: 'b', data: { title: 'B' } },
  ])
  expect(new Set(crud.map(({ tx_id }) => tx_id)).size).toBe(1)
})

test('an insert of a row that SQLite has and the collection has not read yet is refused, and shows the stored one', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Stored')")
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const write = todos.insert({ id: 'a', title: 'Mine' })
  await expect(write.isPersisted.promise).rejects.toThrow('UNIQUE')
  await todos.preload()
  expect(todos.get('a')).toMatchObject({ title: 'Stored' })
})

test('an update of a row that was deleted before it reached SQLite is refused, and the row is gone', async () => {
  const { database, todos, lists, queued } = await openTodos()
  await todos.insert([{ id: 'a', title: 'A' }, { id: 'b' }]).isPersisted.promise
  await database.execute('DELETE FROM ps_crud')
  let write: ReturnType<typeof transact> | undefined
  await database.writeTransaction(async (lock) => {
    write = transact(() => {
      lists.insert({ id: 'l', name: 'Trip' })
      todos.update(['a', 'b'], (drafts) => {
        for (const draft of drafts) draft.title = 'Packed'
      })
    })
    await lock.execute("DELETE FROM ps_data__todos WHERE id = 'a'") // as a sync does
  })
  await expect(write?.isPersisted.promise).rejects.toMatchObject({ code: 'no-row' })
  expect(await queued()).toEqual([])
  await eventually(() => expect([...todos.keys()]).toEqual(['b']))
  expect(lists.size).toBe(0)
})

const constrained =
  "CREATE TEMP TRIGGER constrained BEFORE INSERT ON ps_data__todos WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'constraint'); END"

test.each(['transact', 'PowerSyncTransactor'])(
  'a constraint that fails in the middle of a %s undoes all of it, over all collections',
  async (kind) => {
    const { database, todos, lists, queued } = await openTodos()
    await database.execute(constrained)
    const mutate = (): void => {
      lists.insert({ id: 'l', name: 'Trip' })
      todos.insert([{ id: 'good' }, { id: 'bad' }])
      todos.insert({ id: 'after' })
    }
    const transactor = new PowerSyncTransactor({ database })
    const manual = (): ReturnType<typeof transact> => {
      const transaction = createTransaction({
        autoCommit: false,
        mutationFn: ({ transaction: committing }) => transactor.applyTransaction(committing),
      })
      transaction.mutate(mutate)
      transaction.commit().catch(() => undefined)
      return transaction
    }
    const write = kind === 'transact' ? transact(mutate) : manual()
    expect(todos.size).toBe(3)
    await expect(write.isPersisted.promise).rejects.toThrow('constraint')
    expect([todos.size, lists.size]).toEqual([0, 0])
    expect(await queued()).toEqual([])
    expect(await database.getAll('SELECT id FROM lists')).toEqual([])
  },
)

test('a serializer that throws writes nothing of its transaction', async () => {
  const dated = new Schema({
    days: new Table({ at: column.text }),
    lists: new Table({ name: column.text }),
  })
  const database = await openDatabase(dated)
  const days = createPowerSyncCollection({
    database,
    table: dated.props.days,
    schema: z.object({ id: z.string(), at: z.date() }),
    deserializationSchema: z.object({
      id: z.string(),
      at: z
        .string()
        .nullable()
        .transform((text) => new Date(text ?? 0)),
    }),
    serializer: {
      at: (date) => {
        if (date.getTime() === 0) throw new Error('no epoch')
        return date.toISOString()
      },
    },
  })
  const lists = createPowerSyncCollection({ database, table: dated.props.lists })
  await Promise.all([days.preload(), lists.preload()])
  const write = transact(() => {
    lists.insert({ id: 'l', name: 'Trip' })
    days.insert({ id: 'd', at: new Date(0) })
  })
  await expect(write.isPersisted.promise).rejects.toThrow('no epoch')
  expect([days.size, lists.size]).toEqual([0, 0])
  expect(await queueOf(database).queued()).toEqual([])
  await days.insert({ id: 'd', at: new Date(86_400_000) }).isPersisted.promise
  expect(days.get('d')?.at).toEqual(new Date(86_400_000))
  expect(await queueOf(database).queued()).toEqual(['PUT d {"at":"1970-01-02T00:00:00.000Z"}'])
})

test('a write made inside the callback of a live query is persisted exactly once', async () => {
  const { database, todos, lists, queued } = await openTodos()
  const done = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 1)),
  )
  await done.preload()
  let write: ReturnType<typeof lists.insert> | undefined
  done.subscribeChanges((changes) => {
    const [change] = changes
    if (change?.type === 'insert') write ??= lists.insert({ id: `for ${change.key}`, name: 'Done' })
  })
  await database.execute("INSERT INTO todos(id, done) VALUES ('a', 1)")
  await eventually(() => expect(write).toBeDefined())
  await write?.isPersisted.promise
  expect(lists.get('for a')).toMatchObject({ name: 'Done', $synced: true })
  expect((await queued()).filter((entry) => entry.includes('for a'))).toHaveLength(1)
})

test('a write that is asked for while its collection is cleaned up reaches SQLite', async () => {
  const { database, todos, queued } = await openTodos()
  const transactor = new PowerSyncTransactor({ database })
  let cleanedUp: Promise<void> | undefined
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: ({ transaction: committing }) => {
      cleanedUp = todos.cleanup()
      return transactor.applyTransaction(committing)
    },
  })
  transaction.mutate(() => todos.insert({ id: 'a', title: 'Pack' }))
  await transaction.commit()
  await cleanedUp
  expect((await queued()).map((entry) => entry.slice(0, 5))).toEqual(['PUT a'])
  await todos.preload()
  expect(todos.get('a')).toMatchObject({ title: 'Pack' })
})
