import { generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { eventually } from '../support/eventually.ts'

const trip = { op: 'PUT', table: 'trips', id: 'trip', data: { name: 'Lapland' } }

interface Post {
  readonly path?: string
  readonly token?: string
  readonly body: unknown
}

async function post(backend: TestBackend, { path = '/api/upload', token, body }: Post) {
  const response = await fetch(backend.url + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { code, operation } = (await response.json()) as { code?: string; operation?: number }
  return { status: response.status, code, operation }
}

async function rowsOf({ postgres }: TestBackend): Promise<unknown> {
  const { rows } = await postgres.query(
    `select (select json_agg(t order by id) from trips t) trips,
            (select json_agg(s order by id) from stops s) stops,
            (select count(*)::int from sync.changes) changes,
            (select count(*)::int from sync.operations) operations,
            (select count(*)::int from sync.write_checkpoints) checkpoints`,
  )
  return rows[0]
}

/** A backend in which both users have a trip with a stop. */
async function startFilled(): Promise<TestBackend> {
  const backend = await startTestBackend()
  for (const user of ['1', '2'] as const) {
    const answer = await post(backend, {
      token: await backend.token(user),
      body: {
        operations: [
          { op: 'PUT', table: 'trips', id: `trip${user}`, data: { name: 'Lapland' } },
          {
            op: 'PUT',
            table: 'stops',
            id: `stop${user}`,
            data: { trip_id: `trip${user}`, place: 'Inari' },
          },
        ],
      },
    })
    expect(answer.status).toBe(200)
  }
  await eventually(async () =>
    expect(await rowsOf(backend)).toMatchObject({ changes: 0, operations: 4 }),
  )
  return backend
}

test('a request without a token, or with one that is forged or expired, gets a 401 and changes nothing', async () => {
  const backend = await startFilled()
  const before = await rowsOf(backend)
  const sign = async (key: CryptoKey, audience: string) =>
    new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setSubject('1')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)
  const { privateKey } = await generateKeyPair('RS256')
  const forged = await sign(privateKey, 'rowsignal-playground')
  const [head = '', claims = '', signature = ''] = (await backend.token()).split('.')
  const other = JSON.stringify({ ...JSON.parse(atob(claims)), sub: '2' })
  const altered = [head, btoa(other).replace(/=+$/, ''), signature].join('.')
  const unsigned = `${btoa('{"alg":"none"}')}.${claims}.`

  for (const path of ['/api/upload', '/api/faults', '/sync/stream', '/sync/checkpoint-request']) {
    const body = { operations: [trip], client_id: 'c', checkpoint_request_id: '1' }
    expect(await post(backend, { path, body })).toMatchObject({ status: 401, code: 'no-token' })
    for (const token of [forged, altered, unsigned, 'nonsense'])
      expect(await post(backend, { path, token, body })).toMatchObject({
        status: 401,
        code: 'token-invalid',
      })
  }
  const checkpoint = await fetch(`${backend.url}/write-checkpoint2.json?client_id=c`)
  expect(checkpoint.status).toBe(401)
  expect(await rowsOf(backend)).toEqual(before)
})

test('an expired token gets a 401 of its own', async () => {
  const backend = await startTestBackend({ tokenSeconds: -1 })
  const answer = await post(backend, {
    token: await backend.token(),
    body: { operations: [trip] },
  })
  expect(answer).toMatchObject({ status: 401, code: 'token-expired' })
  expect(await rowsOf(backend)).toMatchObject({ trips: null })
})

test('there is no token for a third user', async () => {
  const backend = await startTestBackend()
  const response = await fetch(`${backend.url}/api/token?user=3`)
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'unknown-user' })
})

const theirs = { id: 'trip2', table: 'trips' }
const theirStop = { id: 'stop2', table: 'stops' }
const myStop = { id: 'stop1', table: 'stops' }

const foreignUploads: [what: string, code: string, operation: object][] = [
  ['changes their trip', 'not-yours', { op: 'PATCH', ...theirs, data: { name: 'Mine' } }],
  ['changes nothing of their trip', 'not-yours', { op: 'PATCH', ...theirs, data: {} }],
  ['takes over their trip', 'not-yours', { op: 'PUT', ...theirs, data: { name: 'Mine' } }],
  [
    'claims their trip',
    'not-yours',
    { op: 'PUT', ...theirs, data: { name: 'Mine', owner_id: '1' } },
  ],
  ['deletes their trip', 'not-yours', { op: 'DELETE', ...theirs }],
  ['changes their stop', 'not-yours', { op: 'PATCH', ...theirStop, data: { done: 1 } }],
  ['deletes their stop', 'not-yours', { op: 'DELETE', ...theirStop }],
  [
    'gives a trip away',
    'not-yours',
    { op: 'PATCH', id: 'trip1', table: 'trips', data: { owner_id: '2' } },
  ],
  ['makes a trip for them', 'not-yours', { ...trip, data: { name: 'Lapland', owner_id: '2' } }],
  [
    'moves a stop to their trip',
    'missing-reference',
    { op: 'PATCH', ...myStop, data: { trip_id: 'trip2' } },
  ],
  [
    'adds a stop to their trip',
    'missing-reference',
    { op: 'PUT', table: 'stops', id: 'new', data: { trip_id: 'trip2', place: 'Inari' } },
  ],
]

test('an upload that touches the row of another user is refused and changes nothing', async () => {
  const backend = await startFilled()
  const before = await rowsOf(backend)
  const token = await backend.token('1')
  for (const [what, code, operation] of foreignUploads) {
    const answer = await post(backend, { token, body: { operations: [trip, operation] } })
    const status = code === 'not-yours' ? 403 : 409
    expect(answer, what).toEqual({ status, code, operation: 1 })
  }
  expect(await rowsOf(backend)).toEqual(before)
})

test('operations that no table takes are refused with a code, and the whole upload with them', async () => {
  const backend = await startFilled()
  const before = await rowsOf(backend)
  const token = await backend.token('1')
  const stop = { op: 'PUT', table: 'stops', id: 'new' }
  const refusals: [code: string, operation: object][] = [
    ['bad-value', { ...trip, op: 'DROP' }],
    ['bad-value', { ...trip, id: '' }],
    ['bad-value', { ...trip, id: 7 }],
    // Half a surrogate pair: as UTF-8 any two of them are the same.
    ['bad-value', { ...trip, id: 'a\ud800' }],
    ['bad-value', { ...trip, data: { name: 'a\ud800' } }],
    ['unknown-table', { ...trip, table: 'sync.operations' }],
    ['unknown-table', { ...trip, table: 'toString' }],
    ['unknown-table', { ...trip, table: 'trips; drop table trips' }],
    ['read-only-table', { op: 'DELETE', table: 'places', id: '1' }],
    ['unknown-column', { ...trip, data: { name: 'Lapland', colour: 'red' } }],
    ['unknown-column', { ...trip, data: { name: 'Lapland', 'name" = null --': 'red' } }],
    ['unknown-column', { ...trip, data: { name: 'Lapland', id: 'trip2' } }],
    ['bad-value', { ...trip, data: {} }],
    ['bad-value', { ...trip, data: { name: '' } }],
    ['bad-value', { ...trip, data: { name: 'x'.repeat(201) } }],
    ['bad-value', { ...trip, data: { name: 'a\u0000b' } }],
    ['bad-value', { ...trip, data: { name: 'Lapland', starts_on: '2026-02-30' } }],
    ['bad-value', { ...trip, op: 'PATCH', id: 'trip1', data: { name: null } }],
    ['bad-value', { ...stop, data: { trip_id: 'trip1', place: 'Inari', done: 2 } }],
    ['bad-value', { ...stop, data: { trip_id: 'trip1', place: 'Inari', position: 2 ** 31 } }],
    ['missing-reference', { ...stop, data: { trip_id: 'gone', place: 'Inari' } }],
    ['missing-reference', { ...stop, data: { trip_id: 'trip1', place: 'Inari', place_id: 'x' } }],
  ]
  for (const [code, operation] of refusals) {
    const answer = await post(backend, { token, body: { operations: [trip, operation] } })
    expect(answer, JSON.stringify(operation)).toMatchObject({ code, operation: 1 })
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  }
  expect(await rowsOf(backend)).toEqual(before)
})

test('a body that is malformed, of the wrong shape or too large gets a 4xx with a code', async () => {
  const backend = await startFilled()
  const before = await rowsOf(backend)
  const token = await backend.token('1')
  const expectAnswer = async (body: unknown, expected: object, path = '/api/upload') =>
    expect(await post(backend, { path, token, body })).toMatchObject(expected)

  await expectAnswer('{"operations":[', { status: 400, code: 'bad-json' })
  await expectAnswer('', { status: 400, code: 'bad-json' })
  await expectAnswer('null', { status: 400, code: 'bad-request' })
  await expectAnswer({ operations: {} }, { status: 400, code: 'bad-request' })
  await expectAnswer({ operations: 'x'.repeat(5_000_000) }, { status: 413, code: 'body-too-large' })
  await expectAnswer({ buckets: [{ name: 'trips', after: 'x' }] }, { status: 400 }, '/sync/stream')
  await expectAnswer({ client_id: '' }, { status: 400 }, '/sync/checkpoint-request')
  await expectAnswer({ delayMs: -1 }, { status: 400, code: 'bad-request' }, '/api/faults')
  const wrongType = await fetch(`${backend.url}/api/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
    body: '<operations/>',
  })
  expect(wrongType.status).toBeGreaterThanOrEqual(400)
  expect(await wrongType.json()).toHaveProperty('code')
  await expectAnswer({}, { status: 404, code: 'not-found' }, '/api/nothing')
  expect(await rowsOf(backend)).toEqual(before)
})
