import { column, Schema, Table } from '@powersync/common'
import { createConnector, isRowsignalError, refuse, tooLarge, type Upload } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { uploadStateOf } from '../../../core/src/outbox/upload-state.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import {
  connectOptions,
  openOutbox,
  queued,
  storedRefused,
  untilUploaded,
} from '../../support/outbox.ts'

const insert = 'INSERT INTO todos (id, title) VALUES (?, ?)'

test('transactions arrive one by one, in their order, each under a key of its own', async () => {
  const { database, server, connect } = await openOutbox()
  await database.execute(insert, ['a', 'first'])
  await database.writeTransaction(async (tx) => {
    await tx.execute(insert, ['b', 'second'])
    await tx.execute("UPDATE todos SET title = 'third' WHERE id = 'a'")
  })
  await connect()
  await untilUploaded(database)
  expect(server.applied).toEqual(['PUT todos a', 'PUT todos b', 'PATCH todos a'])
  expect(server.requests.map(({ upload }) => upload.transactions.length)).toEqual([1, 1])
  const client = await database.getClientId()
  const keys = server.requests.flatMap(({ upload }) => upload.transactions.map(({ key }) => key))
  expect(keys).toEqual([`${client}/1`, `${client}/2`])
  expect(server.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(keys)
})

test('of two devices no key is the same, though both have written as much', async () => {
  const [one, other] = [await openOutbox(), await openOutbox()]
  const keys: string[] = []
  for (const { database, server, connect } of [one, other]) {
    await database.execute(insert, ['a', 'first'])
    await connect()
    await untilUploaded(database)
    keys.push(...server.requests.flatMap(({ upload }) => upload.transactions.map(({ key }) => key)))
  }
  expect(new Set(keys).size).toBe(2)
})

test('after a clear the numbers of the keys go on', async () => {
  const { database, server, connect } = await openOutbox()
  for (const id of ['a', 'b']) {
    await database.execute(insert, [id, 'one'])
    await database.execute("UPDATE todos SET title = 'two'")
    await connect()
    await untilUploaded(database)
    await database.disconnectAndClear()
  }
  const client = await database.getClientId()
  const keys = server.requests.flatMap(({ upload }) => upload.transactions.map(({ key }) => key))
  expect(keys).toEqual([1, 2, 3, 4].map((number) => `${client}/${number}`))
})

test('what was put into the queue past PowerSync has a key of its own, too', async () => {
  const { database, server, connect } = await openOutbox()
  const operation = { op: 'PUT', type: 'todos', data: { title: 'one' } }
  for (const id of ['a', 'b'])
    await database.execute('INSERT INTO ps_crud (data) VALUES (?)', [
      JSON.stringify({ ...operation, id }),
    ])
  await connect()
  await untilUploaded(database)
  const client = await database.getClientId()
  const keys = server.requests.flatMap(({ upload }) => upload.transactions.map(({ key }) => key))
  expect(keys).toEqual([`${client}/op1`, `${client}/op2`])
})

test('several transactions go together, up to the number that was asked for', async () => {
  const { database, server, connect } = await openOutbox()
  for (const id of ['a', 'b', 'c', 'd', 'e']) await database.execute(insert, [id, id])
  await connect({ maxTransactions: 2 })
  await untilUploaded(database)
  expect(server.requests.map(({ upload }) => upload.transactions.length)).toEqual([2, 2, 1])
  const client = await database.getClientId()
  const keys = server.requests.map(({ headers }) => headers['idempotency-key'])
  expect(keys).toEqual([`${client}/1-2`, `${client}/3-4`, `${client}/5`])
  expect(server.applied).toEqual(['a', 'b', 'c', 'd', 'e'].map((id) => `PUT todos ${id}`))
})

test('while the server is down nothing is lost, and the outbox says what failed and when it is tried next', async () => {
  const { database, server, connect } = await openOutbox()
  await server.stop()
  await database.execute(insert, ['a', 'first'])
  await connect({ backOff: { firstMs: 3_600_000, maxMs: 3_600_000 } })
  await eventually(() => expect(database.connected).toBe(true))
  const { state } = uploadStateOf(database)
  await eventually(() => {
    expect(state.get().uploading).toBe(false)
    expect(state.get().attempts).toBeGreaterThanOrEqual(2)
    expect(state.get().error?.name).toBe('TypeError')
    expect(state.get().nextRetryAt?.getTime()).toBeGreaterThan(Date.now())
  })
  expect(database.currentStatus.uploadError).toBeUndefined()
  await server.start()
  expect(uploadStateOf(database).retryNow()).toBe(true)
  await untilUploaded(database)
  await eventually(() =>
    expect(state.get()).toEqual({
      uploading: false,
      attempts: 0,
      error: undefined,
      nextRetryAt: undefined,
    }),
  )
  expect(server.applied).toEqual(['PUT todos a'])
})

test('after a lost connection the first retry comes at once, also the hundredth time', async () => {
  const { database, server, connect } = await openOutbox(({ number }) => ({
    drop: number % 2 === 1,
  }))
  const ids = Array.from({ length: 100 }, (_, index) => `t${index}`)
  for (const id of ids) await database.execute(insert, [id, id])
  await connect({ backOff: { firstMs: 3_600_000, maxMs: 3_600_000 } }) // a wait would be the end of the test
  await untilUploaded(database)
  expect(server.applied).toEqual(ids.map((id) => `PUT todos ${id}`))
  expect(server.requests.length).toBe(200)
})

test('any other failure is backed off from, and tried until it goes', async () => {
  const { database, server, connect } = await openOutbox(({ number }) => ({
    status: number < 5 ? 503 : 200,
  }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(server.requests.length).toBe(5)
  expect(server.applied).toEqual(['PUT todos a'])
})

test('a new connection ends the wait of a lost one', async () => {
  const { database, server, endpoint, connect } = await openOutbox()
  await server.stop()
  await endpoint.stop()
  await database.execute(insert, ['a', 'first'])
  void connect({ backOff: { firstMs: 3_600_000, maxMs: 3_600_000 } })
  await eventually(() =>
    expect(uploadStateOf(database).state.get().nextRetryAt).not.toBeUndefined(),
  )
  await server.start()
  await endpoint.start()
  await untilUploaded(database)
})

test.each(['disconnect', 'close', 'connect anew'] as const)(
  'to %s does not wait for a retry',
  async (how) => {
    const { database, server, connect } = await openOutbox()
    await server.stop()
    await database.execute(insert, ['a', 'first'])
    const wait = { backOff: { firstMs: 3_600_000, maxMs: 3_600_000 } }
    await connect(wait)
    const { state } = uploadStateOf(database)
    await eventually(() => expect(state.get().nextRetryAt).not.toBeUndefined())
    if (how === 'disconnect') await database.disconnect()
    if (how === 'close') await database.close()
    if (how === 'connect anew') {
      await server.start()
      await connect(wait)
      await untilUploaded(database)
    }
    await eventually(() => expect(state.get().nextRetryAt).toBeUndefined())
  },
)

test('a request that is under way is told that the connection ends, and ended by it stays in the queue', async () => {
  const { database, connect } = await openOutbox()
  await database.execute(insert, ['a', 'first'])
  let isUnderWay = false
  await connect({
    upload: ({ signal }) =>
      new Promise((_, reject) => {
        isUnderWay = true
        signal.addEventListener('abort', () => reject(new Error('ended')))
      }),
  })
  await eventually(() => expect(isUnderWay).toBe(true))
  await database.disconnect()
  expect(await queued(database)).toEqual(['PUT todos a'])
  expect(uploadStateOf(database).state.get().error).toBeUndefined()
})

test('several transactions that are too large together are sent in less, each once', async () => {
  const { database, server, connect } = await openOutbox(({ upload }) => ({
    status: upload.transactions.length > 1 ? 413 : 200,
  }))
  const ids = ['a', 'b', 'c', 'd', 'e']
  for (const id of ids) await database.execute(insert, [id, id])
  await connect({ maxTransactions: 5 })
  await untilUploaded(database)
  expect(server.applied).toEqual(ids.map((id) => `PUT todos ${id}`))
  expect(await storedRefused(database)).toEqual([])
})

test('one that is too large by itself is kept, and the outbox says so', async () => {
  const { database, connect } = await openOutbox()
  await database.execute(insert, ['a', 'first'])
  await connect({
    upload: async () => {
      throw tooLarge('more than 100 operations')
    },
  })
  const { state } = uploadStateOf(database)
  await eventually(() => expect(state.get().attempts).toBeGreaterThan(1))
  expect(isRowsignalError(state.get().error, 'upload-too-large')).toBe(true)
  expect(await queued(database)).toEqual(['PUT todos a'])
  expect(await storedRefused(database)).toEqual([])
})

test('without the table for refused writes nothing is uploaded, and the outbox says what to add', async () => {
  const { endpoint } = await openOutbox()
  const database = await openDatabase(new Schema({ todos: new Table({ title: column.text }) }))
  await database.execute(insert, ['a', 'first'])
  const sent: Upload[] = []
  const { fetchCredentials } = endpoint.connector()
  const connector = createConnector({
    fetchCredentials,
    upload: async (upload) => sent.push(upload),
  })
  await database.connect(connector, connectOptions)
  await eventually(() => {
    const { error } = uploadStateOf(database).state.get()
    expect(isRowsignalError(error, 'refused-table-missing')).toBe(true)
  })
  expect(sent).toEqual([])
  expect(await queued(database)).toEqual(['PUT todos a'])
})

test('an upload that asks for credentials gets those of the sync, and others when it asks for fresh ones', async () => {
  const { database, endpoint, connect } = await openOutbox()
  await database.execute(insert, ['a', 'first'])
  let fetched = 0
  const seen: (string | undefined)[] = []
  await connect({
    fetchCredentials: async () => {
      const credentials = await endpoint.connector().fetchCredentials()
      return credentials && { ...credentials, token: `token ${++fetched}` }
    },
    upload: async ({ credentials }) => {
      seen.push((await credentials())?.token, (await credentials())?.token)
      seen.push((await credentials({ refresh: true }))?.token)
    },
  })
  await untilUploaded(database)
  expect(seen[0]).toBe(seen[1])
  expect(seen[2]).not.toBe(seen[1])
})

test('whatever is thrown that is no refusal keeps the operations, also what is no error', async () => {
  const { database, connect } = await openOutbox()
  await database.execute(insert, ['a', 'first'])
  const thrown: unknown[] = ['a text', undefined, { status: 422 }, new Error('refused')]
  await connect({
    upload: async () => {
      if (thrown.length > 0) throw thrown.shift()
    },
  })
  await untilUploaded(database)
  expect(thrown).toEqual([])
  expect(await storedRefused(database)).toEqual([])
})

test('what is written while an upload is under way is sent after it', async () => {
  const { database, server, connect } = await openOutbox(async ({ number }) => {
    if (number < 4) await database.execute(insert, [`t${number}`, ''])
    return undefined
  })
  await database.execute(insert, ['t0', ''])
  await connect()
  await eventually(() => expect(server.applied.length).toBe(4))
  expect(server.applied).toEqual([0, 1, 2, 3].map((number) => `PUT todos t${number}`))
})

test('a refusal of several transactions that names no operation is of the one that has it when sent alone', async () => {
  const { database, server, connect } = await openOutbox()
  for (const id of ['a', 'b', 'c']) await database.execute(insert, [id, id])
  const sent: string[][] = []
  await connect({
    maxTransactions: 3,
    upload: async ({ operations }) => {
      sent.push(operations.map(({ id }) => id))
      if (operations.some(({ id }) => id === 'b')) throw refuse('not b')
    },
  })
  await untilUploaded(database)
  expect(sent).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']])
  expect((await storedRefused(database)).map(({ row_id }) => row_id)).toEqual(['b'])
  expect(server.applied).toEqual([])
})
