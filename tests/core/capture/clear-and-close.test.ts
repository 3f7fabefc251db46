import { createPowerSyncCollection, isRowsignalError, transact } from '@rowsignal/core'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema, trackingObjects } from '../../support/todos.ts'
import { openTrip } from '../../support/trip.ts'

test.each([{ soft: false }, { soft: true }])(
  'a clear (%o) empties the collections, and they go on with the next user',
  async ({ soft }) => {
    const { database, lists, todos } = await openTrip()
    const joined = createLiveQueryCollection((q) =>
      q
        .from({ todo: todos })
        .innerJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id))
        .select(({ todo, list }) => ({ title: todo.title, list: list.name })),
    )
    await joined.preload()
    await database.disconnectAndClear({ clearLocal: true, soft })
    await eventually(() => expect([todos.size, lists.size, joined.size]).toEqual([0, 0, 0]))
    expect(todos.status).toBe('ready')
    await transact(() => {
      lists.insert({ id: 'm', name: 'Move' })
      todos.insert({ id: 'b', title: 'Box', list_id: 'm' })
    }).isPersisted.promise
    expect(joined.toArray).toMatchObject([{ title: 'Box', list: 'Move' }])
    expect(await database.getAll('SELECT id FROM todos')).toEqual([{ id: 'b' }])
  },
)

test('a write that a clear overtakes is not shown afterwards', async () => {
  const { database, todos } = await openTrip()
  const write = todos.insert({ id: 'b', title: 'Rest' })
  const clear = database.disconnectAndClear()
  await Promise.all([write.isPersisted.promise, clear])
  const stored = await database.getAll<{ id: string }>('SELECT id FROM todos')
  await eventually(() => expect([...todos.keys()]).toEqual(stored.map(({ id }) => id)))
})

test('a write that a restart and a clear overtake is not shown afterwards', async () => {
  const { database, todos } = await openTrip()
  const write = todos.insert({ id: 'b', title: 'Rest' })
  await todos.cleanup()
  todos.startSyncImmediate()
  await Promise.all([write.isPersisted.promise, database.disconnectAndClear()])
  await eventually(() => expect(todos.status).toBe('ready'))
  await eventually(() => expect(todos.size).toBe(0))
})

test('collections of a closed database say so and keep their rows', async () => {
  const { database, todos } = await openTrip()
  await database.close()
  expect(todos.status).toBe('error')
  expect(todos.utils.error).toMatchObject({ code: 'database-closed' })
  expect(todos.get('a')).toMatchObject({ title: 'Pack' })
  todos.utils.retry()
  expect(todos.utils.error).toMatchObject({ code: 'database-closed' })
})

test('a collection that starts on a closed database says so', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await database.close()
  todos.startSyncImmediate()
  await eventually(() => expect(todos.utils.error).toMatchObject({ code: 'database-closed' }))
  expect(todos.status).toBe('error')
})

test.each(['has closed', 'begins to close'] as const)(
  'a collection that starts when its database %s says so at once, and its preload() rejects',
  async (when) => {
    const database = await openDatabase(schema)
    const first = createPowerSyncCollection({ database, table: schema.props.todos })
    await first.preload()
    const todos = createPowerSyncCollection({ database, table: schema.props.todos })
    let read: Promise<void> | undefined
    const start = (): void => {
      read = todos.preload()
      read.catch(() => undefined) // looked at below
      expect(todos.status).toBe('error')
      expect(todos.utils.error).toMatchObject({ code: 'database-closed' })
    }
    if (when === 'begins to close') database.registerListener({ closing: start })
    await database.close()
    if (when === 'has closed') start()
    await expect(read).rejects.toMatchObject({ code: 'database-closed' })
    await todos.cleanup()
  },
)

test('a close in the middle of writes rejects those that were not written, and hangs none', async () => {
  const { database, todos } = await openTrip()
  const first = todos.insert({ id: 'b', title: 'First' })
  const second = transact(() => {
    todos.insert({ id: 'c', title: 'Second' })
    todos.delete('a')
  })
  const results = Promise.allSettled([first.isPersisted.promise, second.isPersisted.promise])
  await database.close()
  const rejected = (await results).filter((result) => result.status === 'rejected')
  expect(rejected.length).toBeGreaterThan(0)
  for (const { reason } of rejected) expect(isRowsignalError(reason, 'database-closed')).toBe(true)
  expect(todos.has('c')).toBe(false)
  expect(todos.has('a')).toBe(true)
})

test('a close in the middle of a first read ends it', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C')")
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    syncBatchSize: 1,
  })
  todos.startSyncImmediate()
  await eventually(() => expect(todos.size).toBeGreaterThan(0))
  await database.close()
  await eventually(() => expect(todos.utils.error).toMatchObject({ code: 'database-closed' }))
})

test('a first read whose answer comes when the database has begun to close leaves the error as it is', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'A')")
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const statuses: string[] = []
  todos.on('status:change', ({ status }) => statuses.push(status))
  let closed: Promise<void> | undefined
  const real = database.writeLock.bind(database)
  vi.spyOn(database, 'writeLock').mockImplementation(async (run) => {
    const found = await real(run)
    if (JSON.stringify(found)?.includes('"rows":[["a"')) {
      const closing = new Promise<void>((resolve) => {
        database.registerListener({ closing: () => resolve() })
      })
      closed = database.close()
      await closing
    }
    return found
  })
  todos.startSyncImmediate()
  await eventually(() => expect(closed).toBeDefined())
  await closed
  await eventually(() => expect(statuses).toEqual(['loading', 'error']))
  expect(todos.utils.error).toMatchObject({ code: 'database-closed' })
})

test('collections can be cleaned up after the close, and the next user has collections of their own', async () => {
  const { database, lists, todos } = await openTrip()
  await database.close()
  await Promise.all([lists.cleanup(), todos.cleanup()])
  const next = await openDatabase(schema)
  const own = createPowerSyncCollection({ database: next, table: schema.props.todos })
  await own.preload()
  expect(own.size).toBe(0)
  await own.insert({ id: 'n', title: 'New' }).isPersisted.promise
  expect(own.get('n')).toMatchObject({ title: 'New' })
  await own.cleanup()
  expect(await trackingObjects(next)).toEqual([])
})
