import { uploadWithFetch } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { uploadStateOf } from '../../../core/src/outbox/upload-state.ts'
import { eventually } from '../../support/eventually.ts'
import { openOutbox, queued, storedRefused, untilUploaded } from '../../support/outbox.ts'

const insert = 'INSERT INTO todos (id, title) VALUES (?, ?)'
const never = { backOff: { firstMs: 3_600_000, maxMs: 3_600_000 } }

test.each([200, 201, 204])('%i takes it', async (status) => {
  const { database, server, connect } = await openOutbox(() => ({ status }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(server.requests.length).toBe(1)
  expect(await storedRefused(database)).toEqual([])
})

test.each([400, 404, 405, 409, 410, 415, 422, 451])('%i refuses it, at once', async (status) => {
  const body = { message: 'No such thing', code: 'no-such' }
  const { database, server, connect } = await openOutbox(() => ({ status, body }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(server.requests.length).toBe(1)
  expect(await storedRefused(database)).toMatchObject([
    { row_id: 'a', reason: 'No such thing', code: 'no-such', status },
  ])
})

test.each([302, 408, 425, 429, 500, 502, 503, 504])('%i is tried again', async (status) => {
  const { database, server, connect } = await openOutbox(({ number }) => ({
    status: number < 3 ? status : 200,
  }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(server.requests.length).toBe(3)
  expect(server.applied).toEqual(['PUT todos a'])
  expect(await storedRefused(database)).toEqual([])
})

test.each([
  ['a refusal without a body', '', 'The server refused it (422).'],
  ['one with a body that is no object', 'text', 'The server refused it (422).'],
  ['one with a reason', { reason: 'Too long' }, 'Too long'],
])('%s has a reason', async (_what, body, reason) => {
  const { database, connect } = await openOutbox(() => ({ status: 422, body }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(await storedRefused(database)).toMatchObject([{ reason, status: 422 }])
})

test.each([
  ['seconds', () => '3600'],
  ['a date', () => new Date(Date.now() + 3_600_000).toUTCString()],
])('Retry-After in %s is waited for', async (_form, retryAfter) => {
  const { database, server, connect } = await openOutbox(({ number }) =>
    number === 1 ? { status: 429, headers: { 'retry-after': retryAfter() } } : {},
  )
  await database.execute(insert, ['a', 'first'])
  await connect() // its own waits are milliseconds
  const { state } = uploadStateOf(database)
  const next = await eventually(() => {
    const { nextRetryAt } = state.get()
    expect(nextRetryAt).toBeDefined()
    return nextRetryAt!.getTime() - Date.now()
  })
  expect(next).toBeGreaterThan(3_000_000)
  expect(server.requests.length).toBe(1)
  await eventually(() => expect(uploadStateOf(database).retryNow()).toBe(true))
  await untilUploaded(database)
})

test.each([401, 403])('after %i it is sent once more with fresh credentials', async (status) => {
  const { database, server, endpoint, connect } = await openOutbox(({ headers }) => ({
    status: headers.authorization === 'Bearer old' ? status : 200,
  }))
  await database.execute(insert, ['a', 'first'])
  let token = 'old'
  await connect({
    fetchCredentials: async () => {
      const credentials = await endpoint.connector().fetchCredentials()
      const given = token
      if (server.requests.length > 0) token = 'fresh'
      return credentials && { ...credentials, token: server.requests.length > 0 ? token : given }
    },
  })
  await untilUploaded(database)
  expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
    'Bearer old',
    'Bearer fresh',
  ])
  expect(await storedRefused(database)).toEqual([])
})

test('401 with fresh credentials too is no refusal: it is tried later', async () => {
  const { database, server, connect } = await openOutbox(() => ({ status: 401 }))
  await database.execute(insert, ['a', 'first'])
  await connect(never)
  await eventually(() => expect(uploadStateOf(database).state.get().attempts).toBe(1))
  expect(server.requests.length).toBe(2)
  expect(await queued(database)).toEqual(['PUT todos a'])
  expect(await storedRefused(database)).toEqual([])
})

test('403 with fresh credentials too is a refusal', async () => {
  const { database, server, connect } = await openOutbox(() => ({
    status: 403,
    body: { message: 'Not yours' },
  }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(server.requests.length).toBe(2)
  expect(await storedRefused(database)).toMatchObject([{ reason: 'Not yours', status: 403 }])
})

test('a success may refuse some operations, by their places in what was sent', async () => {
  const { database, server, connect } = await openOutbox(() => ({
    body: { refused: [{ operation: 1, reason: 'Full', code: 'full' }, { operation: 2 }] },
  }))
  for (const id of ['a', 'b', 'c', 'd']) await database.execute(insert, [id, id])
  await connect({ maxTransactions: 4 })
  await untilUploaded(database)
  expect(server.applied).toEqual(['PUT todos a', 'PUT todos d'])
  expect(await storedRefused(database)).toMatchObject([
    { row_id: 'b', reason: 'Full', code: 'full' },
    { row_id: 'c', reason: 'The server refused it.', code: null },
  ])
})

test('one that refuses an operation that was not sent is not understood, and nothing leaves the queue', async () => {
  const { database, connect } = await openOutbox(() => ({ body: { refused: [{ operation: 7 }] } }))
  await database.execute(insert, ['a', 'first'])
  await connect(never)
  await eventually(() => expect(uploadStateOf(database).state.get().attempts).toBe(1))
  expect(await queued(database)).toEqual(['PUT todos a'])
  expect(await storedRefused(database)).toEqual([])
})

test('an answer that never comes is given up, and asked for again', async () => {
  const { database, server, connect } = await openOutbox(({ number }) =>
    number === 1 ? new Promise(() => undefined) : {},
  )
  await database.execute(insert, ['a', 'first'])
  await connect({ upload: uploadWithFetch(server.url, { timeoutMs: 50 }) })
  await untilUploaded(database)
  expect(server.applied).toEqual(['PUT todos a'])
})

test('an answer that was lost after the write is asked for again under the same key, and written once', async () => {
  const { database, server, connect } = await openOutbox(({ number }) => ({ drop: number < 3 }))
  await database.execute(insert, ['a', 'first'])
  await connect()
  await untilUploaded(database)
  expect(server.requests.length).toBe(3)
  expect(new Set(server.requests.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  expect(server.applied).toEqual(['PUT todos a'])
})

test('fetch, headers and body can be the app’s', async () => {
  const { database, server, connect } = await openOutbox()
  await database.execute(insert, ['a', 'first'])
  const urls: unknown[] = []
  await connect({
    upload: uploadWithFetch(server.url, {
      headers: { 'x-app': 'planner', authorization: 'none' },
      body: ({ transactions, key }) => ({ transactions, key, version: 1 }),
      fetch: (url, init) => {
        urls.push(url)
        return fetch(url, init)
      },
    }),
  })
  await untilUploaded(database)
  expect(urls).toEqual([server.url])
  const [request] = server.requests
  expect(request?.headers['x-app']).toBe('planner')
  expect(request?.headers.authorization).toBe('Bearer token')
  expect(request?.upload).toMatchObject({ version: 1 })
})
