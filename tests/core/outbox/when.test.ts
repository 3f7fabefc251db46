import {
  createConnector,
  isRowsignalError,
  PowerSyncTransactor,
  refuse,
  refused,
  transact,
  whenAcknowledged,
  whenPersisted,
  whenUploaded,
} from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import { createTransaction } from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { connect, openOffline, openOutbox } from '../../support/outbox-client.ts'
import { queueOf } from '../../../core/src/outbox/queue.ts'

/** How a promise is now, and the code of what it was rejected with. */
function watch(promise: Promise<void>): { state: string } {
  const watched = { state: 'open' }
  promise.then(
    () => (watched.state = 'resolved'),
    (error: unknown) => (watched.state = isRowsignalError(error) ? error.code : String(error)),
  )
  return watched
}

const stored = async (database: PowerSyncDatabase, row: string) =>
  (await database.getAll('SELECT 1 FROM ps_oplog WHERE row_id = ?', [row])).length

test.each(['legacy', 'requests'] as const)(
  'a write is acknowledged by a checkpoint that holds it, and by no other: %s',
  async (mode) => {
    const { database, endpoint, todos } = await openOutbox({ mode })
    endpoint.holdUploads()
    endpoint.holdReplication()
    const write = todos.insert({ id: 'a', title: 'Pack' })
    const promises = [whenPersisted(write), whenUploaded(write), whenAcknowledged(write)].map(watch)
    const states = () => promises.map(({ state }) => state)
    await eventually(() => expect(states()).toEqual(['resolved', 'open', 'open']))
    endpoint.releaseUploads()
    await eventually(() => expect(states()).toEqual(['resolved', 'resolved', 'open']))
    // Two that do not hold it, the second with the row as the server has it.
    for (const id of ['b', 'a']) {
      endpoint.change({ type: 'todos', id, data: { title: 'of the server' } })
      await eventually(async () => expect(await stored(database, id)).toBe(1))
    }
    expect(states()).toEqual(['resolved', 'resolved', 'open'])
    expect(todos.has('b')).toBe(false)
    endpoint.releaseReplication()
    await eventually(() => expect(states()).toEqual(['resolved', 'resolved', 'resolved']))
    expect(await database.getAll('SELECT id FROM ps_data__todos ORDER BY id')).toHaveLength(2)
  },
)

test('of two writes of one row the first is uploaded when it is, and both are acknowledged together', async () => {
  const { endpoint, todos } = await openOutbox()
  endpoint.holdUploads()
  endpoint.holdReplication()
  const first = todos.insert({ id: 'a', title: 'v1' })
  const second = todos.update('a', (draft) => void (draft.title = 'v2'))
  const uploads = [whenUploaded(first), whenUploaded(second)].map(watch)
  const acknowledged = [whenAcknowledged(first), whenAcknowledged(second)].map(watch)
  await eventually(() => expect(endpoint.heldUploads).toBe(1))
  endpoint.releaseUpload()
  await eventually(() => expect(endpoint.heldUploads).toBe(1))
  await eventually(() => expect(uploads.map(({ state }) => state)).toEqual(['resolved', 'open']))
  endpoint.releaseUploads()
  await eventually(() => expect(uploads[1]!.state).toBe('resolved'))
  expect(acknowledged.map(({ state }) => state)).toEqual(['open', 'open'])
  endpoint.releaseReplication()
  await eventually(() =>
    expect(acknowledged.map(({ state }) => state)).toEqual(['resolved', 'resolved']),
  )
})

test('a write that is made while an earlier one waits for its checkpoint holds that acknowledgement', async () => {
  const { endpoint, todos } = await openOutbox()
  endpoint.holdReplication()
  const first = todos.insert({ id: 'a', title: 'v1' })
  await whenUploaded(first)
  const acknowledged = watch(whenAcknowledged(first))
  endpoint.holdUploads()
  const second = todos.insert({ id: 'b', title: 'v1' })
  await whenPersisted(second)
  endpoint.releaseReplication()
  await eventually(() => expect(endpoint.heldUploads).toBe(1))
  expect(acknowledged.state).toBe('open')
  endpoint.releaseUploads()
  await Promise.all([whenAcknowledged(first), whenAcknowledged(second)])
  await eventually(() => expect(acknowledged.state).toBe('resolved'))
})

test('a transact over all kinds of tables is uploaded and acknowledged as one', async () => {
  const { endpoint, todos, events, drafts } = await openOutbox()
  endpoint.holdUploads()
  const write = transact(() => {
    todos.insert({ id: 'a', title: 'Pack' })
    events.insert({ id: 'e', title: 'packed' })
    drafts.insert({ id: 'd', title: 'mine' })
  })
  const uploaded = watch(whenUploaded(write))
  await whenPersisted(write)
  await eventually(() => expect(endpoint.heldUploads).toBe(1))
  expect(uploaded.state).toBe('open')
  endpoint.releaseUploads()
  await whenAcknowledged(write)
  expect(endpoint.uploaded.map(({ type }) => type)).toEqual(['todos', 'events'])
})

test('an insert-only row is acknowledged by the checkpoint that holds it', async () => {
  const { endpoint, events } = await openOutbox()
  endpoint.holdReplication()
  const write = events.insert({ id: 'e', title: 'packed' })
  await whenUploaded(write)
  const acknowledged = watch(whenAcknowledged(write))
  endpoint.change({ type: 'todos', id: 'b', data: { title: 'of another' } })
  await new Promise((turn) => setTimeout(turn))
  expect(acknowledged.state).toBe('open')
  endpoint.releaseReplication()
  await eventually(() => expect(acknowledged.state).toBe('resolved'))
})

test('what queues nothing is uploaded and acknowledged as soon as it is persisted', async () => {
  const { todos, drafts } = await openOffline()
  await whenAcknowledged(drafts.insert({ id: 'd', title: 'mine' }))
  const offline = todos.insert({ id: 'a', title: 'Pack' })
  await whenPersisted(offline)
  await whenAcknowledged(todos.update('a', (draft) => void (draft.title = 'Pack')))
})

test('a write that fails rejects all three with its error', async () => {
  const { database, todos } = await openOffline()
  await database.execute("INSERT INTO todo_view(id, title) VALUES ('a', 'there')")
  await eventually(() => expect(todos.has('a')).toBe(true))
  await database.execute("DELETE FROM ps_data__todos WHERE id = 'a'")
  const write = todos.update('a', (draft) => void (draft.title = 'gone'))
  for (const when of [whenPersisted, whenUploaded, whenAcknowledged])
    await expect(when(write)).rejects.toMatchObject({ code: 'no-row' })
})

test.each([
  ['a clear', {}],
  ['a soft clear', { soft: true }],
  ['a clear that keeps local tables', { clearLocal: false }],
])(
  '%s rejects what waits with cleared, also when a new write follows at once',
  async (_, options) => {
    const { database, todos } = await openOffline()
    const write = todos.insert({ id: 'a', title: 'Pack' })
    await whenPersisted(write)
    const waiting = [
      whenUploaded(write),
      whenAcknowledged(write),
      whenUploaded(database),
      whenAcknowledged(database),
    ].map(watch)
    await eventually(() => expect(queueOf(database).state).toBeDefined())
    await database.disconnectAndClear(options)
    await database.execute("INSERT INTO todo_view(id, title) VALUES ('b', 'after')")
    await eventually(() =>
      expect(waiting.map(({ state }) => state)).toEqual(Array(4).fill('cleared')),
    )
    await expect(whenUploaded(write)).rejects.toMatchObject({ code: 'cleared' })
  },
)

test('a signal ends the waiting with its reason, and nothing is followed any more', async () => {
  const { database, todos } = await openOffline()
  const write = todos.insert({ id: 'a', title: 'Pack' })
  await whenPersisted(write)
  const abort = new AbortController()
  const waiting = [whenUploaded(write, abort), whenAcknowledged(database, abort)].map(watch)
  await eventually(() => expect(queueOf(database).state).toBeDefined())
  abort.abort('left')
  await eventually(() => expect(waiting.map(({ state }) => state)).toEqual(['left', 'left']))
  expect(queueOf(database).state).toBeUndefined()
  for (const when of [whenPersisted, whenUploaded, whenAcknowledged])
    await expect(when(database, abort)).rejects.toBe('left')
})

test('a database that is closed rejects what waits', async () => {
  const { database, todos } = await openOffline()
  const write = todos.insert({ id: 'a', title: 'Pack' })
  await whenPersisted(write)
  const waiting = [whenUploaded(write), whenAcknowledged(database)].map(watch)
  await eventually(() => expect(queueOf(database).state).toBeDefined())
  await database.close()
  await eventually(() =>
    expect(waiting.map(({ state }) => state)).toEqual(['database-closed', 'database-closed']),
  )
  await expect(whenUploaded(write)).rejects.toMatchObject({ code: 'database-closed' })
})

test('of a database everything until now is waited for, also what is not persisted yet, and nothing newer', async () => {
  const { database, endpoint, todos } = await openOutbox()
  endpoint.holdUploads()
  todos.insert({ id: 'a', title: 'v1' })
  await database.execute("INSERT INTO todo_view(id, title) VALUES ('b', 'by SQL')")
  todos.insert({ id: 'c', title: 'v1' })
  const uploaded = watch(whenUploaded(database))
  await whenPersisted(database)
  todos.insert({ id: 'd', title: 'v1' })
  for (const sent of [1, 2, 3]) {
    await eventually(() => expect(endpoint.heldUploads).toBe(1))
    expect([sent, uploaded.state]).toEqual([sent, 'open'])
    endpoint.releaseUpload()
  }
  await eventually(() => expect(uploaded.state).toBe('resolved'))
  expect(endpoint.uploaded.map(({ id }) => id).toSorted()).toEqual(['a', 'b', 'c'])
  endpoint.releaseUploads()
  await whenAcknowledged(database)
  await whenAcknowledged(database)
})

test('a write that was made before anybody asked is waited for with all that waits', async () => {
  const { database, todos } = await openOffline()
  const write = todos.insert({ id: 'a', title: 'Pack' })
  await write.isPersisted.promise
  const uploaded = watch(whenUploaded(write))
  await eventually(() => expect(queueOf(database).state).toBeDefined())
  expect(uploaded.state).toBe('open')
  await (await database.getNextCrudTransaction())?.complete()
  await eventually(() => expect(uploaded.state).toBe('resolved'))
})

test('a transaction of the app’s own is waited for, whatever it does beside', async () => {
  const { database, endpoint, todos } = await openOutbox()
  const transactor = new PowerSyncTransactor({ database })
  const write = createTransaction({
    mutationFn: ({ transaction }) => transactor.applyTransaction(transaction),
  })
  write.mutate(() => {
    todos.insert({ id: 'a', title: 'v1' })
    todos.update('a', (draft) => void (draft.title = 'v2'))
  })
  await whenAcknowledged(write)
  expect(endpoint.rows.get('todos/a')).toMatchObject({ title: 'v2' })
})

test('a write that the backend refuses, or a part of it, rejects with the reason, and those around it do not', async () => {
  const { database, endpoint, todos } = await openOffline()
  const { fetchCredentials } = endpoint.connector()
  const connector = createConnector({
    fetchCredentials,
    upload: ({ operations }) => {
      const ops = operations.filter(({ id }) => id.startsWith('bad'))
      if (ops.length > 0) throw refuse('No room left.', { ops })
      return Promise.resolve()
    },
  })
  const insert = (...ids: string[]) => todos.insert(ids.map((id) => ({ id, title: id })))
  const writes = [insert('a'), insert('b', 'bad 1'), insert('bad 2'), insert('c')]
  const waiting = writes.flatMap((write) => [
    watch(whenUploaded(write)),
    watch(whenAcknowledged(write)),
  ])
  await Promise.all(writes.map((write) => whenPersisted(write)))
  const all = whenAcknowledged(database)
  const reason = expect(all).rejects.toMatchObject({
    code: 'upload-refused',
    message: expect.stringContaining('No room left.') as string,
  })
  await database.connect(connector, { crudUploadThrottleMs: 1, retryDelayMs: 10 })
  await reason
  const [yes, no] = ['resolved', 'upload-refused']
  await eventually(() =>
    expect(waiting.map(({ state }) => state)).toEqual([yes, yes, no, no, no, no, yes, yes]),
  )
})

test.each(['retry', 'discard'] as const)(
  'a write that goes with a refused insert at its %s rejects, since it was never uploaded',
  async (what) => {
    const { database, endpoint, todos } = await openOffline()
    const { fetchCredentials } = endpoint.connector()
    const upload = () => Promise.reject(refuse('No room left.'))
    const write = todos.insert({ id: 'a', title: 'a' })
    await whenPersisted(write)
    await database.connect(createConnector({ fetchCredentials, upload }), {
      crudUploadThrottleMs: 1,
    })
    await expect(whenUploaded(write)).rejects.toMatchObject({ code: 'upload-refused' })
    await database.disconnect()
    const writes = refused(database)
    onTestFinished(writes.listen(() => undefined))
    await eventually(() => expect(writes.get()).toHaveLength(1))
    const later = todos.update('a', (draft) => void (draft.title = 'later'))
    await whenPersisted(later)
    const uploaded = expect(whenUploaded(later)).rejects.toMatchObject({ code: 'upload-refused' })
    await writes[what](writes.get()[0]!.id)
    await uploaded
  },
)

test('a connection that is lost and made again brings what was uploaded to its acknowledgement', async () => {
  const { database, endpoint, todos } = await openOutbox()
  endpoint.holdReplication()
  const write = todos.insert({ id: 'a', title: 'Pack' })
  await whenUploaded(write)
  const acknowledged = watch(whenAcknowledged(write))
  endpoint.disconnectClients()
  await database.disconnect()
  expect(acknowledged.state).toBe('open')
  endpoint.releaseReplication()
  await connect(database, endpoint)
  await eventually(() => expect(acknowledged.state).toBe('resolved'))
})

test('another tab uploads, and the promises of this one settle', async () => {
  const { database, endpoint, todos, openTab } = await openOffline()
  const write = todos.insert({ id: 'a', title: 'Pack' })
  const waiting = [whenUploaded(write), whenAcknowledged(write)].map(watch)
  await whenPersisted(write)
  const tab = await openTab()
  await connect(tab, endpoint)
  await eventually(() =>
    expect(waiting.map(({ state }) => state)).toEqual(['resolved', 'resolved']),
  )
  expect(database.connected).toBe(false)
})

test('what another client does settles nothing here', async () => {
  const { endpoint, todos } = await openOutbox()
  const other = await openOutbox({ endpoint })
  endpoint.holdReplication()
  const write = todos.insert({ id: 'a', title: 'Pack' })
  await whenUploaded(write)
  const acknowledged = watch(whenAcknowledged(write))
  await whenUploaded(other.todos.insert({ id: 'b', title: 'of the other' }))
  expect(acknowledged.state).toBe('open')
  endpoint.releaseReplication()
  await whenAcknowledged(write)
  await eventually(() => expect(other.todos.has('a')).toBe(true))
})
