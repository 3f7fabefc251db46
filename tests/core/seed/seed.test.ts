import { createPowerSyncCollection, liveQuery, seed, transact } from '@rowsignal/core'
import { eq, type Transaction } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { createRowsView } from '../../../core/src/rows/rows-view.ts'
import { openDatabase } from '../../support/database.ts'
import { createPlainHost, server } from '../../support/plain-host.ts'
import { openSlowTodos, todo } from '../../support/synced-collection.ts'
import { schema } from '../../support/todos.ts'

test('a seed is of its collection, or of the queries that have its key, and of no other', () => {
  const [{ todos }, other] = [openSlowTodos(['a']), openSlowTodos(['a'])]
  const keyed = liveQuery((q) => q.from({ todo: todos }), { queryKey: ['open', { list: 1 }] })
  const ofCollection = seed(todos, [todo('a')])
  expect(ofCollection.find(todos)).toBe(ofCollection.find(todos))
  expect([ofCollection.find(other.todos), ofCollection.find(keyed)]).toEqual([undefined, undefined])
  expect(seed(['open', { list: 1 }], []).find(keyed)).toBeDefined()
  expect(seed(['open', { list: 2 }], []).find(keyed)).toBeUndefined()
})

test('equal queries are shared, whatever they are called', () => {
  const { todos } = openSlowTodos(['a'])
  const [left, right] = ['left', 'right'].map((name) =>
    liveQuery((q) => q.from({ todo: todos }), { queryKey: [name] }),
  )
  expect(left).toBe(right)
  expect(seed(['left'], []).find(left!)).toBeDefined()
  expect(seed(['right'], []).find(left!)).toBeDefined()
})

test('rows without a key of their own are kept apart by $key, or by their place', () => {
  const { todos } = openSlowTodos(['a'])
  const joined = liveQuery(
    (q) =>
      q
        .from({ left: todos })
        .join({ right: todos }, ({ left, right }) => eq(left.id, right.id))
        .select(({ left }) => ({ title: left.title })),
    { queryKey: ['joined'] },
  )
  const keysOf = (rows: readonly object[]) => [
    ...(seed(['joined'], rows).find(joined) as typeof joined).keys(),
  ]
  expect(keysOf([{ title: 'a' }, { title: 'a' }])).toEqual([0, 1])
  expect(keysOf([{ title: 'a', $key: '[a,a]' }])).toEqual(['[a,a]'])
})

test('what is done to the rows that were given reaches no seed', () => {
  const { todos } = openSlowTodos(['a'])
  const given = [todo('a')]
  const one = seed(todos, given)
  given[0]!.title = 'changed'
  given.pop()
  const shown = one.find(todos) as typeof todos
  expect([shown.get('a')?.title, shown.size]).toEqual(['title a', 1])
})

/** Todos of SQLite that nobody has read, with a page that shows a seed of theirs. */
async function openSeeded(stored: readonly string[]) {
  const database = await openDatabase(schema)
  for (const id of stored)
    await database.execute('INSERT INTO todos(id, title) VALUES (?, ?)', [id, `title ${id}`])
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const row = { id: 'a', title: 'of before', done: null, list_id: null }
  const { host, update } = createPlainHost()
  const rows = ['a', 'gone'].map((id) => ({ ...row, id }))
  const seeds = [seed(todos, rows as never)]
  const view = createRowsView(
    { ...host, seeds: () => seeds },
    () => todos,
    () => undefined,
  )
  update()
  const titles = () => database.getAll<{ title: string }>('SELECT title FROM todos ORDER BY id')
  return { database, todos, view, titles }
}

test('an update and a delete of rows that a seed shows are made when they have been read, in their order', async () => {
  const { todos, view, titles } = await openSeeded(['a', 'b', 'gone'])
  expect([view.isSeed, todos.has('a')]).toEqual([true, false])
  const writes: Transaction[] = [
    todos.update('a', (draft) => void (draft.title += '!')),
    todos.update('a', (draft) => void (draft.title += '?')),
    todos.delete('gone'),
  ]
  expect(writes.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
  await Promise.all(writes.map(({ isPersisted }) => isPersisted.promise))
  expect(await titles()).toEqual([{ title: 'title a!?' }, { title: 'title b' }])
  expect(view.data.map(({ title }) => title)).toEqual(['title a!?', 'title b'])
})

test('a write of a row that only the seed has is rejected when that is known', async () => {
  const { todos, view } = await openSeeded(['a'])
  const write = todos.update('gone', (draft) => void (draft.title = 'new'))
  await expect(write.isPersisted.promise).rejects.toThrow()
  expect(view.keys).toEqual(['a'])
})

test('a write of a row that no seed shows, or within a transaction, does not wait', async () => {
  const { todos } = await openSeeded(['a', 'b'])
  const notLoaded = expect.objectContaining({ code: 'row-not-loaded' })
  expect(() => todos.delete('b')).toThrow(notLoaded)
  expect(() => transact(() => todos.delete('a'))).toThrow(notLoaded)
  await todos.preload()
})

test('a write that waits is rejected when the collection can’t be read', async () => {
  const { database, todos, view } = await openSeeded(['a'])
  const write = todos.update('a', (draft) => void (draft.title = 'new'))
  const rejected = expect(write.isPersisted.promise).rejects.toBeInstanceOf(Error)
  await database.close()
  await rejected
  expect([view.isSeed, view.keys]).toEqual([false, []])
})

test('on a server a seed is shown for good, and nothing is followed', () => {
  const { todos } = openSlowTodos(['a'])
  const given = [seed(todos, [todo('b')])]
  const view = createRowsView(
    { ...server, seeds: () => given },
    () => todos,
    () => undefined,
  )
  onTestFinished(() => expect(todos.subscriberCount).toBe(0))
  expect([view.status, view.isSeed, view.rows.map(({ id }) => id), view.size]).toEqual([
    'loading',
    true,
    ['b'],
    1,
  ])
  expect(todos.status).toBe('idle')
})
