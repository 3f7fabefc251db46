import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'

type Operation = readonly [op: string, table: string, id: string, data?: object]

async function upload(backend: TestBackend, ...operations: Operation[]): Promise<Response> {
  return fetch(`${backend.url}/api/upload`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      operations: operations.map(([op, table, id, data]) => ({ op, table, id, data })),
    }),
  })
}

async function read(backend: TestBackend, table: string): Promise<unknown[]> {
  const { rows } = await backend.postgres.query<{ row: unknown }>(
    `select to_jsonb(t) - 'created_at' "row" from ${table} t order by id`,
  )
  return rows.map(({ row }) => row)
}

test('an upload is written as the signed-in user, in the order of its operations', async () => {
  const backend = await startTestBackend()
  const answer = await upload(
    backend,
    ['PUT', 'trips', 't', { name: 'Lapland', starts_on: '2026-12-01' }],
    ['PUT', 'stops', 's', { trip_id: 't', place: 'Inari', owner_id: '1', done: 0, position: 1 }],
    ['PATCH', 'stops', 's', { done: 1, note: 'By bus' }],
    ['PATCH', 'trips', 't', { name: 'Northern lights' }],
  )
  expect(answer.status).toBe(200)
  expect(await read(backend, 'trips')).toEqual([
    { id: 't', owner_id: '1', name: 'Northern lights', starts_on: '2026-12-01' },
  ])
  expect(await read(backend, 'stops')).toEqual([
    {
      id: 's',
      trip_id: 't',
      owner_id: '1',
      place_id: null,
      place: 'Inari',
      note: 'By bus',
      day: null,
      position: 1,
      done: true,
    },
  ])
})

test('an upload that is sent twice, because its answer got lost, leaves the same rows', async () => {
  const backend = await startTestBackend()
  const operations: Operation[] = [
    ['PUT', 'trips', 't', { name: 'Lapland' }],
    ['PUT', 'stops', 's', { trip_id: 't', place: 'Inari' }],
    ['PATCH', 'trips', 't', { name: 'Finland' }],
    ['DELETE', 'stops', 's'],
  ]
  expect((await upload(backend, ...operations)).status).toBe(200)
  const after = await read(backend, 'trips')
  expect((await upload(backend, ...operations)).status).toBe(200)
  expect(await read(backend, 'trips')).toEqual(after)
  expect(await read(backend, 'stops')).toEqual([])
})

test('a change of a row that another client has deleted is taken and does nothing', async () => {
  const backend = await startTestBackend()
  const answer = await upload(
    backend,
    ['PATCH', 'trips', 'gone', { name: 'Lapland' }],
    ['DELETE', 'stops', 'gone'],
  )
  expect(answer.status).toBe(200)
  expect(await read(backend, 'trips')).toEqual([])
})

test('a row that is put again is replaced as a whole', async () => {
  const backend = await startTestBackend()
  await upload(
    backend,
    ['PUT', 'trips', 't', { name: 'Lapland', starts_on: '2026-12-01' }],
    ['PUT', 'stops', 's', { trip_id: 't', place: 'Inari', note: 'By bus', done: true }],
  )
  // The client's queue leaves out what is null.
  await upload(
    backend,
    ['PUT', 'trips', 't', { name: 'Lapland' }],
    ['PUT', 'stops', 's', { trip_id: 't', place: 'Inari' }],
  )
  expect(await read(backend, 'trips')).toMatchObject([{ starts_on: null }])
  expect(await read(backend, 'stops')).toMatchObject([{ note: null, done: false }])
})

test('the stops of a deleted trip go with it', async () => {
  const backend = await startTestBackend()
  await upload(
    backend,
    ['PUT', 'trips', 't', { name: 'Lapland' }],
    ['PUT', 'stops', 's', { trip_id: 't', place: 'Inari' }],
  )
  await upload(backend, ['DELETE', 'trips', 't'])
  expect(await read(backend, 'stops')).toEqual([])
})

test('a failure of the backend itself is a 500 that tells nothing of its inside', async () => {
  const backend = await startTestBackend()
  await backend.postgres.exec('alter table trips rename to elsewhere')
  const answer = await upload(backend, ['PUT', 'trips', 't', { name: 'Lapland' }])
  expect(answer.status).toBe(500)
  expect(await answer.json()).toEqual({
    code: 'internal',
    message: 'The backend failed. Try again.',
  })
})
