import {
  liveQuery,
  PowerSyncTransactor,
  rowState,
  rowStates,
  transact,
  whenAcknowledged,
  whenPersisted,
  whenUploaded,
} from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { queueOf } from '../../../core/src/outbox/queue.ts'
import { eventually } from '../../support/eventually.ts'
import { connect, openOffline, openOutbox } from '../../support/outbox-client.ts'
import { copyFiles } from '../../support/stored-files.ts'

type Todos = Awaited<ReturnType<typeof openOffline>>['todos']

/** Every state of a row that is shown. */
function follow(todos: Todos, key: string): string[] {
  const seen: string[] = []
  onTestFinished(rowState(todos, key).subscribe((state) => seen.push(state)))
  return seen
}

/** The states that a collection has, while somebody follows them. */
function followAll(todos: Todos) {
  const states = rowStates(todos)
  onTestFinished(states.listen(() => undefined))
  return () => Object.fromEntries(states.get())
}

const kinds = {
  insert: (todos: Todos) => todos.insert({ id: 'new', title: 'Pack' }),
  update: (todos: Todos) => todos.update('there', (draft) => void (draft.title = 'Pack')),
  delete: (todos: Todos) => todos.delete('there'),
}

test.each(Object.entries(kinds))(
  'after an %s a row is pending, queued, uploaded and acknowledged, in this order and nothing between',
  async (kind, write) => {
    const { endpoint, todos } = await openOutbox()
    endpoint.change({ type: 'todos', id: 'there', data: { title: 'v0' } })
    await eventually(() => expect(todos.has('there')).toBe(true))
    const seen = follow(todos, kind === 'insert' ? 'new' : 'there')
    endpoint.holdUploads()
    write(todos)
    await eventually(() => expect(seen).toEqual(['acknowledged', 'pending', 'queued']))
    endpoint.holdReplication()
    endpoint.releaseUploads()
    await eventually(() => expect(seen.at(-1)).toBe('uploaded'))
    endpoint.releaseReplication()
    await eventually(() => expect(seen.at(-1)).toBe('acknowledged'))
    expect(seen).toEqual(['acknowledged', 'pending', 'queued', 'uploaded', 'acknowledged'])
  },
)

test('a row with a newer write behind an uploaded one is queued', async () => {
  const { endpoint, todos } = await openOutbox()
  const seen = follow(todos, 'a')
  endpoint.holdReplication()
  await whenUploaded(todos.insert({ id: 'a', title: 'v1' }))
  endpoint.holdUploads()
  await whenPersisted(todos.update('a', (draft) => void (draft.title = 'v2')))
  await eventually(() => expect(endpoint.heldUploads).toBe(1))
  endpoint.releaseUploads()
  endpoint.releaseReplication()
  await eventually(() => expect(seen.at(-1)).toBe('acknowledged'))
  expect(seen.slice(1)).toEqual([
    'pending',
    'queued',
    'uploaded',
    'pending',
    'queued',
    'uploaded',
    'acknowledged',
  ])
})

test('a collection has the rows with a state and no other, and a row is told of nothing but its own', async () => {
  const { todos, endpoint, database } = await openOutbox()
  const rows = Array.from({ length: 1000 }, (_, index) => `t${index}`)
  endpoint.change(...rows.map((id) => ({ type: 'todos', id, data: { title: id } })))
  await eventually(() => expect(todos.size).toBe(1000))
  await database.disconnect()
  const told = new Map<string, number>()
  for (const id of rows)
    onTestFinished(rowState(todos, id).listen(() => told.set(id, (told.get(id) ?? 0) + 1)))
  const states = followAll(todos)
  await whenPersisted(
    transact(() =>
      todos.update(['t3', 't5'], (drafts) => drafts.forEach((draft) => (draft.done = 1))),
    ),
  )
  await eventually(() => expect(states()).toEqual({ t3: 'queued', t5: 'queued' }))
  expect(Object.fromEntries(told)).toEqual({ t3: 2, t5: 2 })
  expect(rowStates(todos).get()).toMatchObject({ size: 2, isLoading: false })
  expect(rowStates(todos).get().get('t4')).toBe('acknowledged')
  await connect(database, endpoint)
  await eventually(() => expect(states()).toEqual({}))
  expect([...told.keys()]).toEqual(['t3', 't5'])
})

test('what SQL of the app and other tabs write is queued too, and no row of another table of that id', async () => {
  const { database, todos, events, openTab } = await openOffline()
  const states = followAll(todos)
  await database.execute("INSERT INTO todo_view(id, title) VALUES ('a', 'by SQL')")
  await (await openTab()).execute("INSERT INTO todo_view(id, title) VALUES ('b', 'of a tab')")
  await whenPersisted(events.insert({ id: 'c', title: 'of another table' }))
  await eventually(() => expect(states()).toEqual({ a: 'queued', b: 'queued' }))
})

test('rows of a local-only table are local, whatever is done to them', async () => {
  const { drafts } = await openOffline()
  const seen: string[] = []
  onTestFinished(rowState(drafts, 'd').subscribe((state) => seen.push(state)))
  await whenAcknowledged(drafts.insert({ id: 'd', title: 'mine' }))
  expect(seen).toEqual(['local'])
  expect(rowStates(drafts).get()).toMatchObject({ size: 0, isLoading: false })
})

test('a row is pending from the mutation on, until SQLite has it, whatever the transaction does then', async () => {
  const { database, todos } = await openOffline()
  const seen = follow(todos, 'a')
  const transactor = new PowerSyncTransactor({ database })
  let finish = (): void => undefined
  const transaction = createTransaction({
    autoCommit: false,
    mutationFn: async (parameters) => {
      await transactor.applyTransaction(parameters.transaction)
      await new Promise<void>((resolve) => (finish = resolve))
    },
  })
  transaction.mutate(() => todos.insert({ id: 'a', title: 'v1' }))
  expect(seen).toEqual(['acknowledged', 'pending'])
  void transaction.commit()
  await eventually(() => expect(seen.at(-1)).toBe('queued'))
  expect(transaction.state).toBe('persisting')
  finish()
  await transaction.isPersisted.promise
  expect(seen).toEqual(['acknowledged', 'pending', 'queued'])
})

test('a write that is rolled back leaves the row as it was', async () => {
  const { todos } = await openOffline()
  const seen = follow(todos, 'a')
  const transaction = createTransaction({ autoCommit: false, mutationFn: () => Promise.resolve() })
  transaction.isPersisted.promise.catch(() => undefined)
  transaction.mutate(() => todos.insert({ id: 'a', title: 'v1' }))
  transaction.rollback()
  await eventually(() => expect(seen).toEqual(['acknowledged', 'pending', 'acknowledged']))
})

test('an update that comes to nothing leaves the row acknowledged', async () => {
  const { todos } = await openOutbox()
  await whenAcknowledged(todos.insert({ id: 'a', title: 'v1' }))
  const seen = follow(todos, 'a')
  await whenPersisted(todos.update('a', (draft) => void (draft.title = 'v1')))
  expect(seen.at(-1)).toBe('acknowledged')
  expect(seen).not.toContain('queued')
})

test('after a restart rows are queued and uploaded as before it', async () => {
  const { database, endpoint, todos, files } = await openOutbox()
  endpoint.holdReplication()
  await whenUploaded(todos.insert({ id: 'up', title: 'uploaded' }))
  await database.disconnect()
  await whenPersisted(todos.insert({ id: 'wait', title: 'queued' }))
  const restarted = await openOffline({ files: copyFiles(files), endpoint })
  const states = followAll(restarted.todos)
  await eventually(() => expect(states()).toEqual({ up: 'uploaded', wait: 'queued' }))
  endpoint.releaseReplication()
  await connect(restarted.database, endpoint)
  await eventually(() => expect(states()).toEqual({}))
  await whenAcknowledged(restarted.database)
})

test('a clear leaves no row with a state', async () => {
  const { database, todos } = await openOffline()
  const states = followAll(todos)
  const seen = follow(todos, 'a')
  await whenPersisted(todos.insert({ id: 'a', title: 'v1' }))
  await eventually(() => expect(states()).toEqual({ a: 'queued' }))
  await database.disconnectAndClear()
  await eventually(() => expect(states()).toEqual({}))
  expect(seen).toEqual(['acknowledged', 'pending', 'queued', 'acknowledged'])
})

test('a row with a refused write is refused until that is gone, whatever is written after it', async () => {
  const { database, todos } = await openOffline()
  const states = followAll(todos)
  await whenPersisted(todos.insert({ id: 'a', title: 'v1' }))
  await database.execute(
    "INSERT INTO rowsignal_refused (id, table_name, row_id, operation_id, operation) VALUES ('c/9', 'todos', 'a', 9, 'PATCH'), ('c/8', 'todos', 'b', 8, 'DELETE'), ('c/7', 'events', 'c', 7, 'PUT')",
  )
  await eventually(() => expect(states()).toEqual({ a: 'refused', b: 'refused' }))
  await database.execute('DELETE FROM rowsignal_refused WHERE operation_id > 7')
  await eventually(() => expect(states()).toEqual({ a: 'queued' }))
})

test('an operation that somebody takes out of the middle of the queue is queued no more', async () => {
  const { database, todos } = await openOffline()
  const states = followAll(todos)
  for (const id of ['a', 'b', 'c']) await whenPersisted(todos.insert({ id, title: id }))
  await database.execute("DELETE FROM ps_crud WHERE data->>'id' = 'b'")
  await eventually(() => expect(states()).toEqual({ a: 'queued', b: 'uploaded', c: 'queued' }))
})

test('nothing is read before the first listener, nor after the last', async () => {
  const { database, todos } = await openOffline()
  const states = rowStates(todos)
  const locks = vi.spyOn(database, 'writeLock')
  const write = (id: string) => database.execute('INSERT INTO todo_view(id) VALUES (?)', [id])
  const isDrained = (id: string) => eventually(() => expect(todos.has(id)).toBe(true))
  const countOf = async (id: string) => {
    locks.mockClear()
    await write(id)
    await isDrained(id)
    await database.writeTransaction(() => Promise.resolve()) // behind whatever was asked for
    return locks.mock.calls.length
  }
  const before = await countOf('a')
  const stop = states.listen(() => undefined)
  await eventually(() => expect(states.get().size).toBe(1))
  await write('b')
  await eventually(() => expect(states.get().size).toBe(2))
  stop()
  expect(states.get()).toMatchObject({ size: 0, isLoading: true })
  expect(queueOf(database).state).toBeUndefined()
  expect(await countOf('c')).toBe(before)
})

test('other collections are refused', async () => {
  const { todos } = await openOffline()
  const query = liveQuery((q) => q.from({ todo: todos }))
  for (const ask of [() => rowStates(query as never), () => rowState(query as never, 'a')])
    expect(ask).toThrow(expect.objectContaining({ code: 'not-a-powersync-collection' }))
})
