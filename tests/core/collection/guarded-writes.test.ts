/** A write to a row that SQLite has and the collection has not read, at each point of the collection's life. */
import {
  createPowerSyncCollection,
  powerSyncCollectionOptions,
  rows,
  transact,
} from '@rowsignal/core'
import { createCollection, createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/todos.ts'

async function openTable() {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Pack')")
  return { database, config: { database, table: schema.props.todos } }
}

interface Todos {
  readonly status: string
  update(id: string, change: (draft: { title?: string | null }) => void): unknown
  delete(ids: string | string[]): unknown
}

const setTitle = (draft: { title?: string | null }): void => void (draft.title = 'Go')

/** Each way to write to the row is refused, with the collection's status in the message. */
function expectNotLoaded(todos: Todos): void {
  const refused = {
    code: 'row-not-loaded',
    message: expect.stringMatching(
      new RegExp(`\\(${todos.status}\\) has not read row \`a\`.*preload`),
    ) as string,
  }
  expect(() => todos.update('a', setTitle)).toThrow(expect.objectContaining(refused))
  expect(() => todos.delete('a')).toThrow(expect.objectContaining(refused))
  expect(() => todos.delete(['a', 'b'])).toThrow(expect.objectContaining(refused))
  expect(() => transact(() => void todos.update('a', setTitle))).toThrow(
    expect.objectContaining(refused),
  )
}

test('options start the sync at once, so that an event handler may update', async () => {
  const { database, config } = await openTable()
  const todos = createCollection(powerSyncCollectionOptions(config))
  expect(todos.status).toBe('loading')
  await eventually(() => expect(todos.status).toBe('ready'))
  await todos.update('a', setTitle).isPersisted.promise
  expect(await database.getAll('SELECT title FROM todos')).toEqual([{ title: 'Go' }])
})

test('options may leave the start to the first reader, and the factory may start', async () => {
  const { config } = await openTable()
  const lazy = createCollection(powerSyncCollectionOptions({ ...config, startSync: false }))
  expect(lazy.status).toBe('idle')
  const eager = createPowerSyncCollection({ ...config, startSync: true })
  expect(eager.status).toBe('loading')
  await eventually(() => expect(eager.status).toBe('ready'))
})

test('before a collection of the factory has started', async () => {
  const { config } = await openTable()
  const todos = createPowerSyncCollection(config)
  expect(todos.status).toBe('idle')
  expectNotLoaded(todos)
  await todos.preload()
  await todos.update('a', setTitle).isPersisted.promise
  expect(todos.get('a')).toMatchObject({ title: 'Go' })
})

test('while the first read runs', async () => {
  const { config } = await openTable()
  const todos = createCollection(powerSyncCollectionOptions(config))
  expect(todos.status).toBe('loading')
  expectNotLoaded(todos)
  await todos.preload()
})

test('after gcTime has let the rows go', async () => {
  const { database, config } = await openTable()
  const todos = createCollection(powerSyncCollectionOptions({ ...config, gcTime: 1 }))
  await todos.preload()
  todos.subscribeChanges(() => undefined).unsubscribe()
  await eventually(() => expect(todos.status).toBe('cleaned-up'))
  expectNotLoaded(todos)
  const subscription = todos.subscribeChanges(() => undefined)
  await todos.preload()
  await todos.update('a', setTitle).isPersisted.promise
  expect(await database.getAll('SELECT title FROM todos')).toEqual([{ title: 'Go' }])
  subscription.unsubscribe()
})

test('a row that an optimistic insert has brought is written before the first read', async () => {
  const { database, config } = await openTable()
  const todos = createPowerSyncCollection(config)
  const insert = todos.insert({ id: 'b', title: 'New' })
  await todos.update('b', setTitle).isPersisted.promise
  await insert.isPersisted.promise
  expect(await database.getAll("SELECT title FROM todos WHERE id = 'b'")).toEqual([{ title: 'Go' }])
})

test('of a collection that is ready, TanStack DB says that there is no such row', async () => {
  const { config } = await openTable()
  const todos = createPowerSyncCollection(config)
  await todos.preload()
  expect(() => todos.delete('nobody')).toThrow(/nobody/)
  expect(() => todos.delete('nobody')).not.toThrow(/row-not-loaded/)
})

const ways = {
  'the factory': (config: Awaited<ReturnType<typeof openTable>>['config']) =>
    createPowerSyncCollection(config),
  'options and createCollection': (config: Awaited<ReturnType<typeof openTable>>['config']) =>
    createCollection(powerSyncCollectionOptions({ ...config, startSync: false })),
}

test.each([
  { way: 'the factory', when: 'in the turn of its first start' },
  { way: 'the factory', when: 'when it is ready' },
  { way: 'options and createCollection', when: 'in the turn of its first start' },
  { way: 'options and createCollection', when: 'when it is ready' },
] as const)(
  'of a collection by $way a write $when is one change, with the live query over it',
  async ({ way, when }) => {
    const { config } = await openTable()
    const todos = ways[way](config)
    expect(todos.status).toBe('idle')
    const first = todos.insert({ id: 'before', title: 'Go' }) // nobody listens yet
    const going = createLiveQueryCollection((q) =>
      q.from({ todo: todos }).where(({ todo }) => eq(todo.title, 'Go')),
    )
    const seen: string[] = []
    const look = (): void => {
      const all = rows(todos).get()
      const ids = all.filter(({ title }) => title === 'Go').map(({ id }) => id)
      const shown = rows(going).get()
      seen.push(`${ids.join()} / ${shown.map(({ id }) => id).join()}`)
    }
    onTestFinished(rows(todos).listen(look))
    onTestFinished(rows(going).listen(look))
    if (when === 'when it is ready') {
      await Promise.all([going.preload(), first.isPersisted.promise])
      await eventually(() => expect(todos.get('before')?.$synced).toBe(true))
    }
    seen.length = 0
    const writes = [todos.insert({ id: 'new', title: 'Go' })]
    expect(seen).toEqual(['before,new / before,new', 'before,new / before,new'])
    seen.length = 0
    writes.push(todos.update('before', (draft) => void (draft.title = 'Gone')))
    expect(seen).toEqual(['new / new', 'new / new'])
    seen.length = 0
    writes.push(todos.delete('new'))
    expect(seen).toEqual([' / ', ' / '])
    await Promise.all(writes.map((write) => write.isPersisted.promise))
  },
)
