import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { connectPostgres } from '../../playgrounds/backend/src/postgres-server.ts'
import type { Postgres } from '../../playgrounds/backend/src/postgres.ts'
import { applyUpload } from '../../playgrounds/backend/src/upload.ts'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { powersyncUrl, seedServer, startServiceBackend } from '../support/backend-service.ts'
import { startTestPostgres } from '../support/postgres.ts'
import { serviceConfig } from './service-config.ts'

type Operation = readonly [op: string, table: string, id: string, data?: object]

interface Upload {
  readonly user?: '1' | '2'
  readonly operations: readonly Operation[]
}

async function post(backend: TestBackend, path: string, { user = '1', body }: Post) {
  const response = await fetch(backend.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token(user)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  const { code, operation } = (await response.json()) as { code?: string; operation?: number }
  return { status: response.status, code, operation }
}

interface Post {
  readonly user?: '1' | '2'
  readonly body: object
}

function upload(backend: TestBackend, { user = '1', operations }: Upload) {
  const body = { operations: operations.map(([op, table, id, data]) => ({ op, table, id, data })) }
  return post(backend, '/api/upload', { user, body })
}

const lapland: Operation = ['PUT', 'trips', 't', { name: 'Lapland', starts_on: '2026-12-01' }]
const inari: Operation = ['PUT', 'stops', 's', { trip_id: 't', place: 'Inari', done: 1 }]

test('a token names the PowerSync Service, which can check it by the published keys', async () => {
  const backend = await startServiceBackend({ tokenSeconds: 600 })
  const response = await fetch(`${backend.url}/api/token?user=2`)
  const { token, endpoint } = (await response.json()) as { token: string; endpoint: string }
  expect(endpoint).toBe(powersyncUrl)

  const { audience } = (await serviceConfig()).client_auth
  const keys = createRemoteJWKSet(new URL(`${backend.url}/api/jwks`))
  const { payload, protectedHeader } = await jwtVerify(token, keys, { audience })
  expect(protectedHeader).toEqual({ alg: 'RS256', kid: expect.any(String) })
  expect(payload).toMatchObject({ sub: '2', iat: expect.any(Number) })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
  await expect(jwtVerify(token, keys, { audience: 'another' })).rejects.toThrow('aud')
})

test('a token of the embedded backend names no endpoint', async () => {
  const backend = await startTestBackend()
  const answer: unknown = await (await fetch(`${backend.url}/api/token`)).json()
  expect(answer).toEqual({ token: expect.any(String), expiresAt: expect.any(String) })
})

test('the service can go on with the keys that it knows after the backend has restarted', async () => {
  const before = await startServiceBackend()
  const keysOf = async ({ url }: TestBackend) =>
    (await (await fetch(`${url}/api/jwks`)).json()) as unknown
  const known = await keysOf(before)
  const token = await before.token()
  await before.close()
  const after = await startServiceBackend({ dataDir: before.dataDir })
  expect(await keysOf(after)).toEqual(known)
  expect(decodeProtectedHeader(await after.token()).kid).toBe(decodeProtectedHeader(token).kid)
})

test('an upload is written to the server as the signed-in user', async () => {
  const backend = await startServiceBackend()
  const operations: Operation[] = [
    lapland,
    inari,
    ['PATCH', 'stops', 's', { note: 'Dræsine', day: 2 }],
    ['PUT', 'trips', 'gone', { name: 'Gone' }],
    ['DELETE', 'trips', 'gone'],
  ]
  expect(await upload(backend, { user: '2', operations })).toMatchObject({ status: 200 })
  expect(
    await backend.server.rows(`select id, owner_id, name, starts_on::text from trips`),
  ).toEqual([{ id: 't', owner_id: '2', name: 'Lapland', starts_on: '2026-12-01' }])
  expect(
    await backend.server.rows('select trip_id, owner_id, place, note, day, done from stops'),
  ).toEqual([{ trip_id: 't', owner_id: '2', place: 'Inari', note: 'Dræsine', day: 2, done: true }])
})

test('an upload that is refused for one operation says which, and writes none to the server', async () => {
  const backend = await startServiceBackend()
  expect(await upload(backend, { user: '2', operations: [lapland] })).toMatchObject({ status: 200 })
  const refusals: [Operation, number, string][] = [
    [['PATCH', 'trips', 't', { name: 'Mine' }], 403, 'not-yours'],
    [['DELETE', 'trips', 't'], 403, 'not-yours'],
    [['PUT', 'stops', 'b', { trip_id: 't', place: 'Inari' }], 409, 'missing-reference'],
    [['DELETE', 'places', '1'], 403, 'read-only-table'],
    [['PUT', 'seeding', 'x', {}], 400, 'unknown-table'],
    [['PATCH', 'trips', 'a', { owner: '1' }], 400, 'unknown-column'],
    // What passes the backend's own check and not that of Postgres.
    [['PATCH', 'trips', 'a', { name: 'nul \u0000' }], 400, 'bad-value'],
  ]
  for (const [operation, status, code] of refusals)
    expect(
      await upload(backend, { operations: [['PUT', 'trips', 'a', { name: 'A' }], operation] }),
    ).toEqual({ status, code, operation: 1 })
  expect(await backend.server.rows('select id, owner_id, name from trips')).toEqual([
    { id: 't', owner_id: '2', name: 'Lapland' },
  ])
})

test('uploads at the same time are each written as a whole or not at all', async () => {
  const backend = await startServiceBackend()
  const uploads = Array.from({ length: 24 }, (_, index) =>
    upload(backend, {
      user: index % 2 === 0 ? '1' : '2',
      operations: [
        ['PUT', 'trips', `${index}`, { name: 'Lapland' }],
        ['PUT', 'stops', `${index}`, { trip_id: `${index}`, place: 'Inari' }],
        ...(index % 3 === 0 ? [['DELETE', 'places', '1'] as const] : []),
      ],
    }),
  )
  const statuses = (await Promise.all(uploads)).map(({ status }) => status)
  expect(statuses).toEqual(statuses.map((_, index) => (index % 3 === 0 ? 403 : 200)))
  expect(
    await backend.server.rows(
      `select owner_id, count(*)::int trips, count(stops.id)::int stops
         from trips left join stops using (id, owner_id) group by owner_id order by owner_id`,
    ),
  ).toEqual([
    { owner_id: '1', trips: 8, stops: 8 },
    { owner_id: '2', trips: 8, stops: 8 },
  ])
})

test('uploads of one user take turns on the server, and those of two users do not wait', async () => {
  const { server } = await startServiceBackend()
  const postgres = await connectPostgres(server.url)
  const locksOf = async (user: string) => {
    const locks: unknown[] = []
    const transaction: Postgres['transaction'] = (work) =>
      postgres.transaction(async (sql) => {
        const result = await work(sql)
        const held = `select classid, objid from pg_locks where locktype = 'advisory' and granted`
        locks.push(...(await sql.query(held)).rows)
        return result
      })
    await applyUpload({ ...postgres, transaction }, user, { operations: [] })
    return locks
  }
  const first = await locksOf('1')
  expect(first).toHaveLength(1)
  expect(await locksOf('1')).toEqual(first)
  expect(await locksOf('2')).not.toEqual(first)
  await postgres.close()
})

test('the next upload is refused, and uploads are delayed, when asked', async () => {
  const backend = await startServiceBackend()
  await post(backend, '/api/faults', { body: { refuseNext: true, delayMs: 300 } })
  const start = performance.now()
  expect(await upload(backend, { operations: [lapland] })).toMatchObject({ status: 422 })
  expect(performance.now() - start).toBeGreaterThan(295)
  expect(await backend.server.rows('select id from trips')).toEqual([])
  expect(await upload(backend, { operations: [lapland] })).toMatchObject({ status: 200 })
})

test('the backend of a service serves no sync, and keeps nothing of it in the Postgres', async () => {
  const backend = await startServiceBackend()
  for (const path of ['/sync/stream', '/sync/checkpoint-request'])
    expect(await post(backend, path, { body: {} })).toMatchObject({
      status: 404,
      code: 'not-found',
    })
  const checkpoint = await fetch(`${backend.url}/write-checkpoint2.json?client_id=c`)
  expect(checkpoint.status).toBe(404)
  expect(
    await backend.server.rows(`select schema_name from information_schema.schemata
      where schema_name = 'sync' union all select tgname from pg_trigger where not tgisinternal`),
  ).toEqual([])
})

test('while the server is away uploads get a 500, to be tried again, and afterwards they are taken', async () => {
  const backend = await startServiceBackend()
  expect(await upload(backend, { operations: [lapland] })).toMatchObject({ status: 200 })
  await backend.server.stop()
  expect(await upload(backend, { operations: [inari] })).toMatchObject({
    status: 500,
    code: 'internal',
  })
  await backend.server.start()
  expect(await upload(backend, { operations: [inari] })).toMatchObject({ status: 200 })
  expect(await backend.server.rows('select id from stops')).toEqual([{ id: 's' }])
})

test('a transaction whose connection is lost is rolled back, and the next one gets another connection', async () => {
  const server = await startTestPostgres()
  const postgres = await connectPostgres(server.url)
  await postgres.exec('create table numbers (number integer)')
  const lost = postgres.transaction(async (transaction) => {
    await transaction.query('insert into numbers values (1)')
    await server.stop()
    await transaction.query('insert into numbers values (2)')
  })
  await expect(lost).rejects.toThrow()
  await server.start()
  await postgres.transaction((transaction) => transaction.query('insert into numbers values (3)'))
  await postgres.close()
  expect(await server.rows('select * from numbers')).toEqual([{ number: 3 }])
})

test('a backend does not start on a server without the tables, and says what makes them', async () => {
  const server = await startTestPostgres()
  const service = { postgresUrl: server.url, powersyncUrl }
  await expect(startTestBackend({ service })).rejects.toThrow(
    'The Postgres lacks trips, stops, places, uploads, upload_parts. "npm run seed"',
  )
  await seedServer(server, 0)
  const lines: string[] = []
  await startTestBackend({ service, log: (line) => lines.push(line) })
  expect(lines).toEqual(['The Postgres has no places yet: "npm run seed" writes them.'])
})

test('a server that cannot be reached is named without its password', async () => {
  const server = await startTestPostgres()
  await server.stop()
  const service = { postgresUrl: server.url, powersyncUrl }
  const error: unknown = await startTestBackend({ service }).catch((reason: unknown) => reason)
  expect(String(error)).toMatch(
    /The Postgres at 127\.0\.0\.1:\d+\/postgres cannot be used: .*ECONNREFUSED/,
  )
  expect(String(error)).not.toContain('secret')
})
