import { outbox, type OutboxValue, transact, whenPersisted } from '@rowsignal/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { uploadStateOf } from '../../../core/src/outbox/upload-state.ts'
import { eventually } from '../../support/eventually.ts'
import { connect, openOffline, openOutbox } from '../../support/outbox-client.ts'

type Client = Awaited<ReturnType<typeof openOffline>>

/** Every value that is shown. */
function follow({ database }: Pick<Client, 'database'>): OutboxValue[] {
  const seen: OutboxValue[] = []
  onTestFinished(outbox(database).subscribe((value) => seen.push(value)))
  return seen
}

const resting = {
  isLoading: false,
  operations: 0,
  transactions: 0,
  oldest: undefined,
  uploading: false,
  attempts: 0,
  error: undefined,
  nextRetryAt: undefined,
  downloadsHeld: undefined,
}

test('it counts operations and transactions, and names the oldest', async () => {
  const client = await openOffline()
  const { todos, drafts, database } = client
  const seen = follow(client)
  expect(seen[0]).toEqual({ ...resting, isLoading: true })
  await eventually(() => expect(seen.at(-1)).toEqual(resting))
  const before = Date.now()
  await whenPersisted(
    transact(() => {
      todos.insert([{ id: 'a' }, { id: 'b' }])
      drafts.insert({ id: 'd', title: 'mine' })
    }),
  )
  await whenPersisted(todos.update('b', (draft) => void (draft.title = 'v2')))
  await eventually(() => expect(seen.at(-1)).toMatchObject({ operations: 3, transactions: 2 }))
  const { oldest, downloadsHeld } = seen.at(-1)!
  expect(oldest).toMatchObject({ id: 1, table: 'todos', key: 'a', operation: 'PUT' })
  expect(oldest!.seenAt.getTime()).toBeGreaterThanOrEqual(before)
  expect(downloadsHeld).toMatchObject({ why: 'queue' })
  await (await database.getNextCrudTransaction())?.complete()
  await eventually(() => expect(seen.at(-1)).toMatchObject({ operations: 1, transactions: 1 }))
  expect(seen.at(-1)!.oldest).toMatchObject({ id: 3, key: 'b', operation: 'PATCH' })
  expect(outbox(database)).toBe(outbox(database))
})

test('it holds downloads from the write to the checkpoint, and says why', async () => {
  const client = await openOutbox()
  const { endpoint, todos } = client
  const seen = follow(client)
  const why = () => seen.at(-1)!.downloadsHeld?.why
  await eventually(() => expect(seen.at(-1)!.isLoading).toBe(false))
  expect(why()).toBeUndefined()
  endpoint.holdUploads()
  endpoint.holdReplication()
  todos.insert({ id: 'a', title: 'Pack' })
  await eventually(() => expect(seen.at(-1)).toMatchObject({ uploading: true, operations: 1 }))
  expect(why()).toBe('queue')
  const { since } = seen.at(-1)!.downloadsHeld!
  endpoint.releaseUploads()
  await eventually(() => expect(why()).toBe('checkpoint'))
  expect(seen.at(-1)).toMatchObject({ operations: 0, downloadsHeld: { since } })
  endpoint.change({ type: 'todos', id: 'b', data: { title: 'held back' } })
  endpoint.releaseReplication()
  await eventually(() => expect(seen.at(-1)).toEqual(resting))
  await eventually(() => expect(todos.has('b')).toBe(true))
})

test('with a connector of the app an upload that fails is told with its error until the queue gets on', async () => {
  const client = await openOffline()
  const { database, endpoint, todos } = client
  const seen = follow(client)
  endpoint.refuseUploads(3)
  todos.insert({ id: 'a', title: 'Pack' })
  await connect(database, endpoint)
  await eventually(() => expect(seen.at(-1)).toEqual(resting))
  const failing = seen.filter(({ error }) => error !== undefined)
  expect(failing.at(-1)).toMatchObject({ attempts: 3, downloadsHeld: { why: 'upload-failing' } })
  expect(failing.at(-1)!.error!.message).toContain('503')
  expect(outbox(database).retryNow()).toBe(false)
})

test('an error of the SDK that is no longer true of what waits is not shown', async () => {
  const client = await openOutbox()
  const { database, endpoint, todos } = client
  const seen = follow(client)
  endpoint.refuseCheckpoints(1_000_000)
  todos.insert({ id: 'a', title: 'v1' })
  // Uploaded, and what fails is the request of a checkpoint.
  await eventually(() => expect(database.currentStatus.uploadError?.message).toContain('503'))
  await eventually(() => expect(seen.at(-1)).toMatchObject({ operations: 0 }))
  endpoint.holdUploads()
  todos.insert({ id: 'b', title: 'v1' })
  await eventually(() => expect(endpoint.heldUploads).toBe(1))
  await eventually(() => expect(seen.at(-1)).toMatchObject({ operations: 1, uploading: true }))
  expect(database.currentStatus.uploadError).toBeDefined()
  endpoint.refuseCheckpoints(0)
  endpoint.releaseUploads()
  await eventually(() => expect(seen.at(-1)).toEqual(resting))
  expect(seen.filter(({ error }) => error !== undefined)).toEqual([])
})

test('with a connector of ours it is what that tells, while something waits', async () => {
  const client = await openOffline()
  const { database, todos } = client
  const uploads = uploadStateOf(database)
  const seen = follow(client)
  const error = new Error('no answer')
  const nextRetryAt = new Date(Date.now() + 60_000)
  await whenPersisted(todos.insert({ id: 'a', title: 'Pack' }))
  uploads.set({ attempts: 2, error, nextRetryAt })
  await eventually(() =>
    expect(seen.at(-1)).toMatchObject({ operations: 1, attempts: 2, error, nextRetryAt }),
  )
  const retry = vi.fn<() => void>()
  uploads.onRetryNow(retry)
  expect(outbox(database).retryNow()).toBe(true)
  expect(retry).toHaveBeenCalledOnce()
  await (await database.getNextCrudTransaction())?.complete()
  await eventually(() => expect(seen.at(-1)).toMatchObject({ operations: 0 }))
  expect(seen.at(-1)).toMatchObject({ attempts: 0, error: undefined, nextRetryAt: undefined })
})

test('a queue that is kept in another way than was tested is an error with the version', async () => {
  const client = await openOffline()
  const { database } = client
  await database.execute('ALTER TABLE ps_updated_rows RENAME TO ps_updated_rows_2')
  const seen = follow(client)
  await eventually(() =>
    expect(seen.at(-1)!.error).toMatchObject({ code: 'unsupported-powersync' }),
  )
  expect(seen.at(-1)!.error!.message).toContain(database.sdkVersion)
  expect(seen.at(-1)).toMatchObject({ isLoading: true, operations: 0 })
  await database.execute('ALTER TABLE ps_updated_rows_2 RENAME TO ps_updated_rows')
})

test('one value a change, and none for a commit that changes nothing of it', async () => {
  const client = await openOffline()
  const { todos, drafts, database } = client
  const seen = follow(client)
  await eventually(() => expect(seen).toHaveLength(2))
  await whenPersisted(drafts.insert({ id: 'd', title: 'mine' }))
  await database.execute("UPDATE drafts SET title = 'ours'")
  await whenPersisted(todos.insert({ id: 'a', title: 'Pack' }))
  await eventually(() => expect(seen.map(({ operations }) => operations)).toEqual([0, 0, 1]))
})
