import { transact } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import {
  followQueuedWrites,
  onQueuedWrite,
  type QueuedWrite,
  queuedWriteOf,
} from '../../../core/src/write/queued-writes.ts'
import { openOffline } from '../../support/outbox-client.ts'

const rangeOf = (write: QueuedWrite | undefined) => write && [write.before.last + 1, write.last]

test('of a database that nobody asked for nothing is read', async () => {
  const { database, todos } = await openOffline()
  const eras = () => database.getAll("SELECT 1 FROM ps_kv WHERE key = 'rowsignal_era'")
  const before = todos.insert({ id: 'a' })
  await before.isPersisted.promise
  expect(queuedWriteOf(before.mutations[0]!)).toBeUndefined()
  expect(await eras()).toEqual([])
  followQueuedWrites(database)
  const after = todos.insert({ id: 'b' })
  await after.isPersisted.promise
  expect(rangeOf(queuedWriteOf(after.mutations[0]!))).toEqual([2, 2])
  expect(await eras()).toHaveLength(1)
})

test('a write is told with its own operations, whoever writes beside it', async () => {
  const { database, todos, events, drafts } = await openOffline()
  const told: QueuedWrite[] = []
  onTestFinished(onQueuedWrite(database, (write) => told.push(write)))
  const writes = [
    todos.insert([{ id: 'a' }, { id: 'b' }]),
    drafts.insert({ id: 'd' }),
    transact(() => {
      events.insert({ id: 'e' })
      todos.delete('b')
      drafts.delete('d')
    }),
  ]
  const sql = database.execute("INSERT INTO todo_view(id) VALUES ('by SQL')")
  const last = todos.insert({ id: 'c' })
  await Promise.all([...[...writes, last].map(({ isPersisted }) => isPersisted.promise), sql])
  const crud = await database.getAll<{ id: number; key: string }>(
    "SELECT id, data->>'id' AS key FROM ps_crud ORDER BY id",
  )
  const keysOf = (write: QueuedWrite) =>
    crud.filter(({ id }) => id > write.before.last && id <= write.last).map(({ key }) => key)
  expect(told.map(keysOf)).toEqual([['a', 'b'], [], ['e', 'b'], ['c']])
  expect(told.map(({ mutations }) => mutations.length)).toEqual([2, 1, 3, 1])
  expect(crud).toHaveLength(6)
})

test('it is told before its optimistic row is dropped, and not if it fails', async () => {
  const { database, todos } = await openOffline()
  const told: boolean[] = []
  onTestFinished(
    onQueuedWrite(database, () => told.push(write.state === 'persisting' && todos.has('a'))),
  )
  const write = todos.insert({ id: 'a' })
  await write.isPersisted.promise
  expect(told).toEqual([true])
  await database.execute("INSERT INTO ps_data__todos(id, data) VALUES ('x', '{}')")
  const failing = transact(() => todos.insert({ id: 'x' }))
  await expect(failing.isPersisted.promise).rejects.toThrow()
  expect(told).toEqual([true])
  expect(queuedWriteOf(failing.mutations[0]!)).toBeUndefined()
})
