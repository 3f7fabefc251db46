import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { eventually } from '../support/eventually.ts'
import {
  operationsOf,
  readSyncLines,
  readSyncLinesUntil,
  type SyncLine,
} from '../support/sync-client.ts'
import { openPlanner } from './planner.ts'

const isComplete = (line: SyncLine) => line.checkpoint_complete !== undefined

async function post(backend: TestBackend, path: string, body: object): Promise<Response> {
  return fetch(backend.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token()}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  })
}

function insertTrip(backend: TestBackend, id: string, owner = '1'): Promise<unknown> {
  return backend.postgres.query(
    `insert into trips (id, owner_id, name, created_at) values ($1, $2, 'Lapland', '2026-11-24T22:43:19.6Z')`,
    [id, owner],
  )
}

test('a row is sent as the real service sends it', async () => {
  const backend = await startTestBackend({ places: 1 })
  await insertTrip(backend, 'trip')
  await backend.postgres.exec(`
    update trips set starts_on = '2026-12-01';
    insert into stops (id, trip_id, owner_id, place, day, position, done)
      values ('stop', 'trip', '1', 'Inari "North"', 2, 1, true);
    update places set lat = 42, lon = 1.5`)

  const lines = readSyncLines(backend.url, { token: await backend.token(), streams: ['places'] })
  const operations = operationsOf(await readSyncLinesUntil(lines, isComplete))
  const rows = new Map(
    operations.map(({ object_id: id, data }) => [id, JSON.parse(data ?? '') as object]),
  )
  expect(rows.get('trip')).toEqual({
    id: 'trip',
    owner_id: '1',
    name: 'Lapland',
    starts_on: '2026-12-01',
    created_at: '2026-11-24T22:43:19.600000Z',
  })
  expect(rows.get('stop')).toEqual({
    id: 'stop',
    trip_id: 'trip',
    owner_id: '1',
    place_id: null,
    place: 'Inari "North"',
    note: null,
    day: 2,
    position: 1,
    done: 1,
  })
  expect(rows.get('3039154')).toEqual({
    id: '3039154',
    name: 'El Tarter',
    search: 'el tarter',
    country: 'AD',
    population: 1052,
    lat: 42,
    lon: 1.5,
  })
})

test('a user is sent own trips and stops, and nothing of the other user', async () => {
  const backend = await startTestBackend()
  for (const owner of ['1', '2'] as const) {
    await insertTrip(backend, `trip${owner}`, owner)
    await backend.postgres.query(
      `insert into stops (id, trip_id, owner_id, place) values ($1, $2, $3, 'Inari')`,
      [`stop${owner}`, `trip${owner}`, owner],
    )
  }
  for (const user of ['1', '2'] as const) {
    const planner = await openPlanner({ url: () => backend.url, user })
    expect(await planner.getAll('select id from trips')).toEqual([{ id: `trip${user}` }])
    expect(await planner.getAll('select id from stops')).toEqual([{ id: `stop${user}` }])
  }
  // Also when a client says that it is somebody else, or that it has the other user's bucket.
  const lines = readSyncLines(backend.url, {
    token: await backend.token('1'),
    streams: ['trips'],
    positions: new Map([['trips|0["2"]', '0']]),
  })
  const operations = operationsOf(await readSyncLinesUntil(lines, isComplete))
  expect(operations.map(({ object_id }) => object_id)).toEqual(['trip1', 'stop1'])
})

test('a row that changes its owner leaves one user and comes to the other', async () => {
  const backend = await startTestBackend()
  await insertTrip(backend, 'trip', '1')
  const first = await openPlanner({ url: () => backend.url, user: '1' })
  const second = await openPlanner({ url: () => backend.url, user: '2' })
  await backend.postgres.exec(`update trips set owner_id = '2'`)
  await eventually(async () =>
    expect(await second.getAll('select id from trips')).toEqual([{ id: 'trip' }]),
  )
  await eventually(async () => expect(await first.getAll('select id from trips')).toEqual([]))
})

test('a row that gets another id is removed under the old one', async () => {
  const backend = await startTestBackend()
  await insertTrip(backend, 'old')
  const planner = await openPlanner({ url: () => backend.url })
  await backend.postgres.exec(`update trips set id = 'new'`)
  await eventually(async () =>
    expect(await planner.getAll('select id from trips')).toEqual([{ id: 'new' }]),
  )
})

test('what one client writes reaches another, and is acknowledged to the first', async () => {
  const backend = await startTestBackend()
  const [writer, reader] = await Promise.all([
    openPlanner({ url: () => backend.url }),
    openPlanner({ url: () => backend.url }),
  ])
  await writer.writeTransaction(async (transaction) => {
    await transaction.execute(
      `insert into trips (id, owner_id, name) values ('trip', '1', 'Lapland')`,
    )
    await transaction.execute(
      `insert into stops (id, trip_id, owner_id, place, done) values ('stop', 'trip', '1', 'Inari', 1)`,
    )
  })
  await eventually(async () =>
    expect(await reader.getAll('select place, done from stops')).toEqual([
      { place: 'Inari', done: 1 },
    ]),
  )
  // The writer has its rows back from the server, so neither is waiting for anything.
  await eventually(async () =>
    expect(await writer.getAll('select * from ps_updated_rows')).toEqual([]),
  )
  expect(await writer.getAll('select * from ps_crud')).toEqual([])
  expect(await writer.getAll('select id from stops')).toEqual([{ id: 'stop' }])
})

test('a transaction of any size is in the log as a whole or not at all', async () => {
  const backend = await startTestBackend()
  const { postgres } = backend
  const counts = new Set<number>()
  const count = async () => {
    const { rows } = await postgres.query<{ count: number }>('select count from sync.buckets')
    counts.add(rows[0]?.count ?? 0)
    return rows[0]?.count
  }
  expect(await count()).toBeUndefined()
  // More than two pages of the queue.
  const inserted = postgres.query(
    `insert into trips (id, owner_id, name) select 'trip' || n, '1', 'Lapland' from generate_series(1, 12000) n`,
  )
  while ((await count()) !== 12_000);
  await inserted
  expect([...counts]).toEqual([0, 12_000])
})

test('the checksum of a bucket is the sum over its operations', async () => {
  const backend = await startTestBackend()
  for (const id of ['a', 'b', 'c']) await insertTrip(backend, id)
  await backend.postgres.exec(`update trips set name = 'Finland'; delete from trips where id = 'b'`)
  await eventually(async () =>
    expect((await backend.postgres.query('select 1 from sync.changes')).rows).toEqual([]),
  )
  const lines = await readSyncLinesUntil(
    readSyncLines(backend.url, { token: await backend.token() }),
    isComplete,
  )
  const operations = operationsOf(lines)
  expect(operations.map(({ op, object_id }) => `${op} ${object_id}`)).toEqual([
    'PUT a',
    'PUT b',
    'PUT c',
    'PUT a',
    'PUT b',
    'PUT c',
    'REMOVE b',
  ])
  const sum = operations.reduce((total, { checksum }) => (total + checksum) % 2 ** 32, 0)
  expect(lines[0]?.checkpoint?.buckets[0]).toMatchObject({ count: 7, checksum: sum })
})

test('a write checkpoint is reached when what was uploaded before it is in the log', async () => {
  const backend = await startTestBackend()
  // The log falls behind: nobody tells the backend of changes any more.
  await backend.postgres.exec('unlisten sync_changes')
  const token = await backend.token()
  const body = {
    operations: [{ op: 'PUT', table: 'trips', id: 'trip', data: { name: 'Lapland' } }],
  }
  expect((await post(backend, '/api/upload', body)).status).toBe(200)
  const ask = async () => {
    const response = await fetch(`${backend.url}/write-checkpoint2.json?client_id=raw`, {
      headers: { authorization: `Token ${token}` },
    })
    return (await response.json()) as unknown
  }
  expect(await ask()).toEqual({ data: { write_checkpoint: '1' } })
  const lines = await readSyncLinesUntil(readSyncLines(backend.url, { token }), isComplete)
  expect(lines[0]?.checkpoint?.write_checkpoint).toBe('1')
  expect(operationsOf(lines).map(({ object_id }) => object_id)).toEqual(['trip'])
  expect(await ask()).toEqual({ data: { write_checkpoint: '2' } })

  // Another client, and another user whose client has the same id, know nothing of it.
  for (const [user, clientId] of [
    ['1', 'other'],
    ['2', 'raw'],
  ] as const) {
    const other = readSyncLines(backend.url, { token: await backend.token(user), clientId })
    const [first] = await readSyncLinesUntil(other, isComplete)
    expect(first?.checkpoint).toBeDefined()
    expect(first?.checkpoint).not.toHaveProperty('write_checkpoint')
  }
})

test('a requested checkpoint keeps the number that the client has chosen, and never goes back', async () => {
  const backend = await startTestBackend()
  const request = async (id: string | number) => {
    const body = { client_id: 'raw', checkpoint_request_id: id }
    return (await post(backend, '/sync/checkpoint-request', body)).json()
  }
  expect(await request('7')).toEqual({ data: { checkpoint_request_id: '7' } })
  expect(await request(3)).toEqual({ data: { checkpoint_request_id: '7' } })
  const lines = readSyncLines(backend.url, { token: await backend.token() })
  const [first] = await readSyncLinesUntil(lines, isComplete)
  expect(first?.checkpoint?.write_checkpoint).toBe('7')
})

test('a stream ends when its token does', async () => {
  const backend = await startTestBackend({ tokenSeconds: 2 })
  const token = await backend.token()
  const lines: SyncLine[] = []
  for await (const line of readSyncLines(backend.url, { token })) lines.push(line)
  const [first, second, ...others] = lines.map((line) => Object.keys(line)[0])
  expect([first, second]).toEqual(['checkpoint', 'checkpoint_complete'])
  expect(new Set(others)).toEqual(new Set(['token_expires_in']))
})
