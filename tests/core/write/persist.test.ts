import { column, Schema, Table } from '@powersync/common'
import {
  createPowerSyncCollection,
  isRowsignalError,
  powerSyncCollectionOptions,
  PowerSyncTransactor,
  transact,
} from '@rowsignal/core'
import { createCollection, createTransaction } from '@tanstack/db'
import type { PowerSyncDatabase } from '@powersync/node'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/todos.ts'

interface CrudEntry {
  op: string
  type: string
  id: string
  data?: Record<string, unknown>
  metadata?: string
}

async function queued(database: PowerSyncDatabase): Promise<CrudEntry[]> {
  const rows = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
  return rows.map(({ data }) => JSON.parse(data) as CrudEntry)
}

async function openBoth() {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await Promise.all([todos.preload(), lists.preload()])
  return { database, todos, lists }
}

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return isRowsignalError(error) ? error.code : String(error)
}

test('an update writes only the columns that changed', async () => {
  const { database, todos } = await openBoth()
  await todos.insert({ id: 'a', title: 'x', done: 0, weight: 1.5 }).isPersisted.promise
  await todos.update('a', (draft) => {
    draft.done = 1
  }).isPersisted.promise
  expect((await queued(database))[1]).toMatchObject({ op: 'PATCH', id: 'a', data: { done: 1 } })
  expect(Object.keys((await queued(database))[1]?.data ?? {})).toEqual(['done'])
})

test('values keep SQLite’s type', async () => {
  const { database, todos } = await openBoth()
  await todos.insert({ id: 'a', title: '3', done: 3, weight: 2 }).isPersisted.promise
  const types = await database.get(
    'SELECT typeof(title) AS title, typeof(done) AS done, typeof(weight) AS weight, title AS value FROM todos',
  )
  expect(types).toEqual({ title: 'text', done: 'integer', weight: 'real', value: '3' })
})

test('mutations reach the upload queue in their order', async () => {
  const { database, todos, lists } = await openBoth()
  await transact(() => {
    todos.insert([
      { id: 'a', title: '1' },
      { id: 'b', title: '2' },
    ])
    lists.insert({ id: 'l', name: '3' })
    todos.insert({ id: 'c', title: '4' })
  }).isPersisted.promise
  await transact(() => {
    todos.update(['c', 'b', 'a'], (drafts) => {
      for (const draft of drafts) draft.done = 1
    })
  }).isPersisted.promise
  await transact(() => {
    todos.delete(['c', 'a'])
    todos.update('b', (draft) => {
      draft.title = '5'
    })
  }).isPersisted.promise
  expect((await queued(database)).map(({ op, id }) => `${op} ${id}`)).toEqual([
    'PUT a',
    'PUT b',
    'PUT l',
    'PUT c',
    'PATCH c',
    'PATCH b',
    'PATCH a',
    'DELETE c',
    'DELETE a',
    'PATCH b',
  ])
})

test('a thousand inserts in one transact are one statement, one event batch and all queued', async () => {
  const { database, todos } = await openBoth()
  let batches = 0
  todos.subscribeChanges(() => batches++, { includeInitialState: false })
  const write = transact(() => {
    for (let index = 0; index < 1000; index++) todos.insert({ id: `i${index}`, title: 't' })
  })
  await write.isPersisted.promise
  expect(todos.size).toBe(1000)
  expect(await queued(database)).toHaveLength(1000)
})

test('a transact that fails in the middle writes nothing and rolls back whole', async () => {
  const { database, todos, lists } = await openBoth()
  await lists.insert({ id: 'l', name: 'first' }).isPersisted.promise
  await database.execute(
    "CREATE TRIGGER refuse BEFORE INSERT ON ps_data__todos BEGIN SELECT RAISE(ABORT, 'refused'); END",
  )
  const write = transact(() => {
    lists.update('l', (draft) => {
      draft.name = 'second'
    })
    todos.insert({ id: 'a', title: 'x' })
  })
  expect(lists.get('l')?.name).toBe('second')
  await expect(write.isPersisted.promise).rejects.toThrow('refused')
  expect(lists.get('l')?.name).toBe('first')
  expect(todos.has('a')).toBe(false)
  expect(await database.getAll('SELECT name FROM lists')).toEqual([{ name: 'first' }])
  expect(await queued(database)).toHaveLength(1)
})

test('a transact whose function throws changes nothing', async () => {
  const { database, todos } = await openBoth()
  expect(() =>
    transact(() => {
      todos.insert({ id: 'a', title: 'x' })
      throw new Error('user')
    }),
  ).toThrow('user')
  expect(todos.has('a')).toBe(false)
  expect(await queued(database)).toEqual([])
})

test('PowerSyncTransactor persists a manual transaction in one SQLite transaction', async () => {
  const { database, todos, lists } = await openBoth()
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: ({ transaction }) =>
      new PowerSyncTransactor({ database }).applyTransaction(transaction),
  })
  transaction.mutate(() => {
    lists.insert({ id: 'l', name: 'n' })
    todos.insert({ id: 'a', title: 'x', list_id: 'l' })
  })
  await transaction.commit()
  expect(todos.get('a')).toMatchObject({ title: 'x', $synced: true })
  const ids = await database.getAll<{ tx_id: number }>('SELECT DISTINCT tx_id FROM ps_crud')
  expect(ids).toHaveLength(1)
})

test('a manual transaction that fails after SQLite took it shows what SQLite holds', async () => {
  const { database, todos } = await openBoth()
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: async ({ transaction }) => {
      await new PowerSyncTransactor({ database }).applyTransaction(transaction)
      throw new Error('later step')
    },
  })
  transaction.mutate(() => todos.insert({ id: 'a', title: 'x' }))
  await expect(transaction.commit()).rejects.toThrow('later step')
  await eventually(() => expect(todos.get('a')?.title).toBe('x'))
})

test('metadata reaches the upload queue for every kind of write', async () => {
  const tracked = new Schema({ todos: new Table({ title: column.text }, { trackMetadata: true }) })
  const database = await openDatabase(tracked)
  const todos = createPowerSyncCollection({ database, table: tracked.props.todos })
  await todos.preload()
  await todos.insert({ id: 'a', title: 'x' }, { metadata: { why: 'new' } }).isPersisted.promise
  await todos.update('a', { metadata: { reason: 1 } }, (draft) => {
    draft.title = 'y'
  }).isPersisted.promise
  await todos.delete('a', { metadata: { why: 'done' } }).isPersisted.promise
  expect((await queued(database)).map(({ op, metadata }) => [op, metadata])).toEqual([
    ['PUT', '{"why":"new"}'],
    ['PATCH', '{"reason":1}'],
    ['DELETE', '{"why":"done"}'],
  ])
  expect(todos.size).toBe(0)
})

test('metadata for a table that does not track it is an error and no write', async () => {
  const { database, todos } = await openBoth()
  const write = todos.insert({ id: 'a', title: 'x' }, { metadata: { why: 'new' } })
  expect(await codeOf(write.isPersisted.promise)).toBe('metadata-not-tracked')
  expect(todos.has('a')).toBe(false)
  expect(await queued(database)).toEqual([])
})

test('a row with a column that the table lacks is refused at the call', async () => {
  const { todos } = await openBoth()
  expect(() => todos.insert({ id: 'a', titel: 'x' } as never)).toThrow(
    'is not a column of table todos',
  )
  expect(() => todos.insert({ id: '', title: 'x' })).toThrow('must be a non-empty string')
  expect(() => todos.insert({ id: 'a', done: '1' } as never)).toThrow('must be a number or null')
})

test('a number that SQLite has no value for is refused at the call', async () => {
  const { database, todos } = await openBoth()
  expect(() => todos.insert({ id: 'a', weight: Number.NaN })).toThrow('path: weight')
  expect(await queued(database)).toEqual([])
})

test('a transaction over two databases is refused', async () => {
  const first = await openBoth()
  const second = await openBoth()
  const write = transact(() => {
    first.todos.insert({ id: 'a', title: 'x' })
    second.todos.insert({ id: 'b', title: 'x' })
  })
  expect(await codeOf(write.isPersisted.promise)).toBe('mixed-databases')
  expect(first.todos.size + second.todos.size).toBe(0)
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: ({ transaction }) =>
      new PowerSyncTransactor({ database: first.database }).applyTransaction(transaction),
  })
  transaction.mutate(() => second.todos.insert({ id: 'b', title: 'x' }))
  expect(await codeOf(transaction.commit())).toBe('mixed-databases')
})

test('a collection of another kind in a transact is refused', async () => {
  const { todos } = await openBoth()
  const other = createCollection<{ id: string }, string>({
    getKey: (row) => row.id,
    sync: { sync: ({ markReady }) => markReady() },
  })
  const write = transact(() => {
    todos.insert({ id: 'a', title: 'x' })
    other.insert({ id: 'x' })
  })
  expect(await codeOf(write.isPersisted.promise)).toBe('not-a-powersync-collection')
  expect(todos.size).toBe(0)
})

test('the options serve TanStack DB’s own createCollection, spread or not', async () => {
  const database = await openDatabase(schema)
  const options = powerSyncCollectionOptions({ database, table: schema.props.todos })
  const todos = createCollection({ ...options, gcTime: 0 })
  await todos.preload()
  await todos.insert({ id: 'a', title: 'x' }).isPersisted.promise
  expect(todos.get('a')?.title).toBe('x')
  expect(todos.utils.getMeta().tableName).toBe('todos')
  expect(todos.utils.getMeta().metadataIsTracked).toBe(false)
})

test('a table that is not in the schema and an unknown sync mode are refused at once', async () => {
  const database = await openDatabase(schema)
  const other = new Schema({ ghosts: new Table({ name: column.text }) })
  expect(() => createPowerSyncCollection({ database, table: other.props.ghosts })).toThrow(
    'table `ghosts` is not in the schema of this database, which has lists, todos',
  )
  expect(() =>
    createPowerSyncCollection({
      database,
      table: schema.props.todos,
      syncMode: 'lazy' as never,
    }),
  ).toThrow('there is no syncMode `lazy`')
})
