/** What the backend refuses of what a user may do in the planner, since a trip would make no sense with it. */
import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'

async function upload(backend: TestBackend, operations: readonly object[]) {
  const response = await fetch(`${backend.url}/api/upload`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ operations }),
  })
  const { message, operation } = (await response.json()) as { message?: string; operation?: number }
  return { status: response.status, message, operation }
}

const trip = { op: 'PUT', table: 'trips', id: 't', data: { name: 'Lapland' } }
const stop = (id: string, data: object = {}) => ({
  op: 'PUT',
  table: 'stops',
  id,
  data: { trip_id: 't', place: 'Inari', ...data },
})
const stops = (count: number) => Array.from({ length: count }, (_, index) => stop(`s${index}`))

async function count({ postgres }: TestBackend): Promise<number | undefined> {
  const { rows } = await postgres.query<{ count: number }>('select count(*)::int count from stops')
  return rows[0]?.count
}

test('a trip of 20 stops is taken, and one more is refused, by its place in the upload', async () => {
  const backend = await startTestBackend()
  expect((await upload(backend, [trip, ...stops(20)])).status).toBe(200)
  expect(await upload(backend, [trip, stop('more')])).toEqual({
    status: 422,
    message: 'A trip has up to 20 stops.',
    operation: 1,
  })
  expect(await count(backend)).toBe(20)
})

test('nor can 21 come at once, or one be moved to a trip that has 20', async () => {
  const backend = await startTestBackend()
  expect(await upload(backend, [trip, ...stops(21)])).toMatchObject({ status: 422, operation: 21 })
  expect(await count(backend)).toBe(0)
  const other = { op: 'PUT', table: 'trips', id: 'other', data: { name: 'Norway' } }
  const elsewhere = stop('elsewhere', { trip_id: 'other' })
  expect((await upload(backend, [trip, ...stops(20), other, elsewhere])).status).toBe(200)
  const move = { op: 'PATCH', table: 'stops', id: 'elsewhere', data: { trip_id: 't' } }
  expect(await upload(backend, [move])).toMatchObject({ status: 422, operation: 0 })
})

test.each([
  ['an empty name', { op: 'PATCH', table: 'trips', id: 't', data: { name: '' } }, 'needs a name'],
  [
    'a name of blanks',
    { op: 'PATCH', table: 'trips', id: 't', data: { name: '  ' } },
    'needs a name',
  ],
  ['a day before the trip starts', stop('s', { day: 0 }), 'before the trip starts'],
])('%s is refused, and says why', async (_what, operation, why) => {
  const backend = await startTestBackend()
  expect((await upload(backend, [trip])).status).toBe(200)
  const answer = await upload(backend, [operation])
  expect(answer).toMatchObject({ status: 400, operation: 0 })
  expect(answer.message).toContain(why)
})
