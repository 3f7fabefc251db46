/** The database that @powersync/web opens on a server: its own adapter, which answers every query with nothing. */
import {
  createPowerSyncCollection,
  liveQuery,
  powerSyncCollectionOptions,
  PowerSyncTransactor,
  row,
  rows,
  syncStatus,
  syncStream,
  transact,
  upsert,
  writeErrors,
} from '@rowsignal/core'
import { liveRows } from '../../../core/src/rows/live-rows.ts'
import { PowerSyncDatabase } from '@powersync/web'
import { createCollection, createTransaction, eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { openTodos } from '../../support/synced-collection.ts'
import { server } from '../../support/plain-host.ts'
import { schema } from '../../support/todos.ts'

const table = schema.props.todos

function openServerDatabase(): PowerSyncDatabase {
  const database = new PowerSyncDatabase({
    schema,
    database: { dbFilename: 'todos.db', disableSSRWarning: true },
  })
  onTestFinished(() => database.close())
  return database
}

interface Options {
  readonly database: PowerSyncDatabase
  readonly onLoad: () => void
}

const makers = {
  'the factory': (options: Options) => createPowerSyncCollection({ table, ...options }),
  'the options': (options: Options) =>
    createCollection(powerSyncCollectionOptions({ table, ...options })),
}
type Todos = ReturnType<(typeof makers)['the options']>

const readers: Record<string, (todos: Todos) => unknown> = {
  'rows(todos).subscribe': (todos) => rows(todos).subscribe(() => {})(),
  'rows(todos).listen': (todos) => rows(todos).listen(() => {})(),
  'row(todos, id).subscribe': (todos) => row(todos, 'a').subscribe(() => {})(),
  'todos.subscribeChanges': (todos) => todos.subscribeChanges(() => {}).unsubscribe(),
  'todos.preload': (todos) => todos.preload(),
  'todos.preload beside a subscriber': async (todos) => {
    const stop = rows(todos).subscribe(() => {})
    await todos.preload()
    stop()
  },
  'todos.toArrayWhenReady': (todos) => todos.toArrayWhenReady(),
  'todos.startSyncImmediate': (todos) => todos.startSyncImmediate(),
  'todos.utils.retry': (todos) => todos.utils.retry(),
  'a clean-up and a new start': async (todos) => {
    await todos.cleanup()
    await todos.preload()
  },
  'liveQuery().subscribe': (todos) =>
    liveQuery((q) => q.from({ todo: todos })).subscribe((found) => expect(found).toEqual([]))(),
  'liveQuery().preload': (todos) => liveQuery((q) => q.from({ todo: todos })).preload(),
  'a live query over a live query': (todos) => {
    const inner = liveQuery((q) => q.from({ todo: todos }))
    return liveQuery((q) => q.from({ todo: inner })).preload()
  },
  'a join with a collection that has rows': (todos) =>
    liveQuery((q) =>
      q
        .from({ local: openTodos(['a']).todos })
        .join({ todo: todos }, ({ local, todo }) => eq(local.id, todo.id)),
    ).preload(),
  'liveRows on a server': (todos) => liveRows(todos, server).acquire()(),
}

function watchRejections(): unknown[] {
  const rejections: unknown[] = []
  const note = (reason: unknown): number => rejections.push(reason)
  process.on('unhandledRejection', note)
  onTestFinished(() => void process.off('unhandledRejection', note))
  return rejections
}

const timers = (): number =>
  process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length

/** Whatever was queued has run, and what it queued. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const cases = Object.entries(makers).flatMap(([maker, make]) =>
  Object.entries(readers).map(([reader, read]) => [`${maker}, ${reader}`, { make, read }] as const),
)

test.each(cases)(
  'on a server a collection is loading, starts nothing and leaves nothing: %s',
  async (_name, { make, read }) => {
    const rejections = watchRejections()
    const database = openServerDatabase()
    await database.init()
    const timersBefore = timers()
    const asked = vi.spyOn(database.database, 'writeLock')
    const listens = [
      vi.spyOn(database, 'registerListener'),
      vi.spyOn(database.database, 'registerListener'),
    ]
    const onLoad = vi.fn()
    const todos = make({ database, onLoad })
    for (const request of [1, 2]) {
      expect(todos.status, `request ${request}`).toBe('loading')
      expect(liveRows(todos, server).status()).toBe('loading')
      await read(todos)
      await turn()
      expect(todos.status, `request ${request}`).toBe('loading')
      expect(todos.utils.error).toBeUndefined()
      expect([...todos.keys()]).toEqual([])
    }
    expect(asked).not.toHaveBeenCalled()
    for (const listen of listens) expect(listen).not.toHaveBeenCalled()
    expect(onLoad).not.toHaveBeenCalled()
    expect(todos.subscriberCount).toBe(0)
    expect(timers()).toBeLessThanOrEqual(timersBefore)
    expect(rejections).toEqual([])
  },
)

test('a live query on a server is loading and has no rows, also before anything reads it', () => {
  const database = openServerDatabase()
  const todos = createPowerSyncCollection({ database, table })
  const query = liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 0)))
  expect([query.status, query.size]).toEqual(['loading', 0])
  expect(liveRows(query, server).status()).toBe('loading')
})

const writes: Record<string, (database: PowerSyncDatabase, todos: Todos) => Promise<unknown>> = {
  insert: (_, todos) => todos.insert({ id: 'a' }).isPersisted.promise,
  transact: (_, todos) => transact(() => todos.insert({ id: 'a' })).isPersisted.promise,
  upsert: (_, todos) => upsert(todos, { id: 'a' }).isPersisted.promise,
  PowerSyncTransactor: (database, todos) => {
    const transaction = createTransaction({
      mutationFn: async ({ transaction: committing }) =>
        new PowerSyncTransactor({ database }).applyTransaction(committing),
    })
    transaction.mutate(() => todos.insert({ id: 'a' }))
    return transaction.isPersisted.promise
  },
}

test.each(Object.keys(writes))(
  'a write on a server is refused, its row taken back, and nothing is kept of it: %s',
  async (name) => {
    const rejections = watchRejections()
    const database = openServerDatabase()
    const todos = createPowerSyncCollection({ database, table })
    await expect(writes[name]?.(database, todos)).rejects.toMatchObject({ code: 'server-database' })
    await turn()
    expect([todos.status, todos.size]).toEqual(['loading', 0])
    expect(writeErrors(database).get()).toEqual([])
    expect(rejections).toEqual([])
  },
)

test('the sync of a server leaves nothing behind', async () => {
  const rejections = watchRejections()
  const database = openServerDatabase()
  await database.init()
  const before = timers()
  const seen: boolean[] = []
  syncStatus(database).subscribe(({ connected }) => seen.push(connected))()
  syncStream(database, { name: 'todos' }).subscribe(({ hasSynced }) => seen.push(hasSynced))()
  await turn()
  expect(seen).toEqual([false, false])
  expect(timers()).toBeLessThanOrEqual(before)
  expect(rejections).toEqual([])
})

test('a database that Node itself can hold is none of a server', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table })
  await todos.preload()
  await todos.insert({ id: 'a' }).isPersisted.promise
  expect([todos.status, todos.size]).toEqual(['ready', 1])
})

test.each(['idle', 'cleaned-up'])(
  'on a server a collection of anybody that is %s reads as loading, as the page will first show it',
  async (status) => {
    const { todos } = openTodos(['a'])
    if (status === 'cleaned-up') {
      await todos.preload()
      await todos.cleanup()
    }
    expect(todos.status).toBe(status)
    expect(liveRows(todos, server).status()).toBe('loading')
    expect(todos.status).toBe(status)
    await todos.preload()
    expect(liveRows(todos, server).status()).toBe('ready')
  },
)
