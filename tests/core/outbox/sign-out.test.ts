import { isRowsignalError, pendingWrites, refuse, signOut } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import {
  type Outbox,
  openOutbox,
  queued,
  storedRefused,
  untilUploaded,
} from '../../support/outbox.ts'

const insert = 'INSERT INTO todos (id, title) VALUES (?, ?)'

async function write({ database }: Outbox, ...ids: string[]): Promise<void> {
  for (const id of ids) await database.execute(insert, [id, id])
}

const count = async ({ database }: Outbox): Promise<number> =>
  (await database.getAll('SELECT 1 FROM todos')).length

/** Refuses `bad`, and takes the others. */
const refusing = {
  upload: async ({ operations }: { operations: readonly { id: string }[] }) => {
    if (operations.some(({ id }) => id === 'bad')) throw refuse('bad')
  },
}

test('told to wait it uploads all first, and then clears', async () => {
  const outbox = await openOutbox()
  const { database, server } = outbox
  await server.stop()
  await write(outbox, 'a', 'b', 'c')
  await outbox.connect()
  const signedOut = signOut(database, { pending: 'wait' })
  expect(await pendingWrites(database)).toEqual({ waiting: 3, refused: 0 })
  await server.start()
  expect(await signedOut).toEqual({ waiting: 0, refused: 0, cleared: true })
  expect(server.applied).toEqual(['PUT todos a', 'PUT todos b', 'PUT todos c'])
  expect(await count(outbox)).toBe(0)
  expect(database.connected).toBe(false)
})

test('without a write that waits it clears at once', async () => {
  const outbox = await openOutbox()
  expect(await signOut(outbox.database, { pending: 'wait' })).toEqual({
    waiting: 0,
    refused: 0,
    cleared: true,
  })
})

test('a wait that is aborted leaves everything as it was', async () => {
  const outbox = await openOutbox()
  const { database, server } = outbox
  await server.stop()
  await write(outbox, 'a')
  await outbox.connect()
  const leaving = new AbortController()
  const signedOut = signOut(database, { pending: 'wait', signal: leaving.signal })
  const reason = new Error('stay')
  leaving.abort(reason)
  await expect(signedOut).rejects.toBe(reason)
  await expect(signOut(database, { pending: 'wait', signal: leaving.signal })).rejects.toBe(reason)
  await server.start()
  await untilUploaded(database) // still connected
  expect(server.applied).toEqual(['PUT todos a'])
})

test.each(['before', 'while'] as const)(
  'told to wait it rejects when a write was refused %s it waited, and clears nothing',
  async (when) => {
    const outbox = await openOutbox()
    const { database } = outbox
    await write(outbox, 'a', 'bad', 'c')
    if (when === 'before') {
      await outbox.connect(refusing)
      await untilUploaded(database)
    }
    const signedOut = signOut(database, { pending: 'wait' }).catch((error: unknown) => error)
    if (when === 'while') await outbox.connect(refusing)
    const error = await signedOut
    expect(isRowsignalError(error, 'writes-pending')).toBe(true)
    expect(String(error)).toContain('1 operations')
    expect((await storedRefused(database)).map(({ row_id }) => row_id)).toEqual(['bad'])
  },
)

test('told to wait it never clears a write that is made meanwhile', async () => {
  const outbox = await openOutbox()
  const { database } = outbox
  await write(outbox, 'a')
  await outbox.connect({
    upload: async ({ operations, signal }) => {
      // The last is written when the wait is over, and the disconnect waits for this.
      if (operations[0]?.id !== 'late') return
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw new Error('ended')
    },
  })
  await untilUploaded(database)
  const stop = database.registerListener({
    statusChanged: ({ connected }) => {
      if (!connected) void database.execute(insert, ['late', 'late'])
    },
  })
  const error = await signOut(database, { pending: 'wait' }).catch((reason: unknown) => reason)
  stop()
  expect(isRowsignalError(error, 'writes-pending')).toBe(true)
  expect(await queued(database)).toContain('PUT todos late')
})

test('told to keep it disconnects, and says how much waits', async () => {
  const outbox = await openOutbox()
  const { database, server } = outbox
  await write(outbox, 'bad')
  await outbox.connect(refusing)
  await untilUploaded(database)
  await database.disconnect()
  await write(outbox, 'a', 'b')
  expect(await signOut(database, { pending: 'keep' })).toEqual({
    waiting: 2,
    refused: 1,
    cleared: false,
  })
  expect(await queued(database)).toEqual(['PUT todos a', 'PUT todos b'])
  expect((await storedRefused(database)).length).toBe(1)
  await outbox.connect()
  await untilUploaded(database)
  expect(server.applied).toEqual(['PUT todos a', 'PUT todos b'])
})

test('told to discard it clears all, and says how much that was', async () => {
  const outbox = await openOutbox()
  const { database, server } = outbox
  await write(outbox, 'bad')
  await outbox.connect(refusing)
  await untilUploaded(database)
  await server.stop()
  await database.disconnect()
  await write(outbox, 'a', 'b')
  await outbox.connect()
  expect(await signOut(database, { pending: 'discard' })).toEqual({
    waiting: 2,
    refused: 1,
    cleared: true,
  })
  expect(await queued(database)).toEqual([])
  expect(await storedRefused(database)).toEqual([])
  expect(await count(outbox)).toBe(0)
  await eventually(() => expect(database.connected).toBe(false))
})
