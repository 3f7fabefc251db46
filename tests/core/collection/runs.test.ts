/** What one options object may be used for: several collections, spreads, `DbClient`. */
import { column, Schema, Table } from '@powersync/common'
import { type BadRow, jsonColumn, powerSyncCollectionOptions } from '@rowsignal/core'
import { collectionOptions, createCollection, createTransaction, DbClient } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const schema = new Schema({ todos: new Table({ title: column.text, tags: column.text }) })
const badJson = "INSERT INTO todos(id, title, tags) VALUES ('bad', 'Torn', '{')"

/** Waits for a collection that may be at any point of its life. */
const settled = (collection: { status: string }, status: string): Promise<void> =>
  eventually(() => expect(collection.status).toBe(status))

async function openOptions(onLoad?: () => void) {
  const database = await openDatabase(schema)
  const options = powerSyncCollectionOptions({
    database,
    table: schema.props.todos,
    columns: { tags: jsonColumn<string[]>() },
    startSync: false,
    ...(onLoad && { onLoad }),
  })
  return { database, options }
}

test('collections of one options object have bad rows of their own', async () => {
  const { database, options } = await openOptions()
  await database.execute(badJson)
  const one = createCollection(options)
  const two = createCollection(options)
  await Promise.all([one.preload(), two.preload()])
  const ids = (collection: { utils: { badRows: ReadonlyMap<string, BadRow> } }) => [
    ...collection.utils.badRows.keys(),
  ]
  expect([ids(one), ids(two)]).toEqual([['bad'], ['bad']])
  await one.cleanup()
  expect([ids(one), ids(two)]).toEqual([[], ['bad']])
  await database.execute("UPDATE todos SET tags = '[]' WHERE id = 'bad'")
  await eventually(() => expect(ids(two)).toEqual([]))
  expect(two.get('bad')).toMatchObject({ tags: [] })
})

test('collections of one options object have an error and a retry of their own', async () => {
  let failing = true
  const { options } = await openOptions(() => {
    if (failing) throw new Error('offline')
  })
  const one = createCollection(options)
  one.startSyncImmediate()
  await settled(one, 'error')
  failing = false
  const two = createCollection(options)
  await two.preload()
  expect(one.utils.error).toMatchObject({ code: 'load-hook-failed' })
  expect(two.utils.error).toBeUndefined()
  one.utils.retry()
  await settled(one, 'ready')
  expect(one.utils.error).toBeUndefined()
})

test('only the collection that a transaction holds is held', async () => {
  const { database, options } = await openOptions()
  const one = createCollection(options)
  const two = createCollection(options)
  await Promise.all([one.preload(), two.preload()])
  await one.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  let release = (): void => undefined
  const transaction = createTransaction({
    mutationFn: () => new Promise<void>((resolve) => (release = resolve)),
  })
  onTestFinished(() => release())
  transaction.mutate(() => one.update('a', (draft) => void (draft.title = 'Held')))
  await database.execute("UPDATE todos SET title = 'Go' WHERE id = 'a'")
  await eventually(() => expect(one.utils.isHeld()).toBe(true))
  expect(two.utils.isHeld()).toBe(false)
})

test('collections of one options object all follow a change of the schema', async () => {
  const { database, options } = await openOptions()
  const one = createCollection(options)
  const two = createCollection(options)
  await Promise.all([one.preload(), two.preload()])
  await one.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  const wider = { title: column.text, tags: column.text, note: column.text }
  await database.updateSchema(new Schema({ todos: new Table(wider) }))
  for (const collection of [one, two]) {
    await eventually(() => expect(collection.get('a')).toHaveProperty('note', null))
  }
})

test('options and their utilities may be spread', async () => {
  let failing = true
  const { database, options } = await openOptions(() => {
    if (failing) throw new Error('offline')
  })
  await database.execute(badJson)
  const todos = createCollection({
    ...options,
    sync: { ...options.sync, sync: (writer) => options.sync.sync(writer) },
    utils: { ...options.utils, mine: () => 'mine' },
  })
  todos.startSyncImmediate()
  await settled(todos, 'error')
  expect(todos.utils.error).toMatchObject({ code: 'load-hook-failed' })
  failing = false
  todos.utils.retry()
  await settled(todos, 'ready')
  await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  await todos.update('a', (draft) => void (draft.title = 'Go')).isPersisted.promise
  expect(await database.getAll("SELECT title FROM todos WHERE id = 'a'")).toEqual([{ title: 'Go' }])
  expect(todos.utils.mine()).toBe('mine')
  expect([...todos.utils.badRows.keys()]).toEqual(['bad'])
  expect(todos.utils.getMeta().trackedTableName).not.toBe('')
  await todos.delete('a').isPersisted.promise
  expect(await database.getAll("SELECT id FROM todos WHERE id = 'a'")).toEqual([])
})

test('a sync config that is made anew from the function of the options works', async () => {
  const { database, options } = await openOptions()
  const todos = createCollection({
    ...options,
    sync: { rowUpdateMode: 'full', sync: (writer) => options.sync.sync(writer) },
    utils: { ...options.utils },
  })
  await database.execute(badJson)
  await todos.preload()
  await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  expect(await database.getAll("SELECT title FROM todos WHERE id = 'a'")).toEqual([
    { title: 'Pack' },
  ])
  expect([...todos.utils.badRows.keys()]).toEqual(['bad'])
})

test('several clients make collections of their own from one description', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Go')")
  const shared = collectionOptions(
    powerSyncCollectionOptions({ database, table: schema.props.todos, id: 'todos' }),
  )
  const clients = [new DbClient(), new DbClient()] as const
  const collections = clients.map((client) => client.collection(shared))
  expect(collections[0]).not.toBe(collections[1])
  for (const collection of collections) {
    await settled(collection, 'ready')
    await collection.insert({ id: crypto.randomUUID(), title: 'Pack' }).isPersisted.promise
  }
  expect(await database.getAll("SELECT title FROM todos WHERE title = 'Pack'")).toHaveLength(2)
  await clients[0].cleanup()
  expect(collections.map(({ status }) => status)).toEqual(['cleaned-up', 'ready'])
  await collections[1]!.update('a', (draft) => void (draft.title = 'Gone')).isPersisted.promise
})
