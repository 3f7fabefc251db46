/** An upload whose answer got lost is sent again. It must not undo what others have done in the meantime. */
import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { startServiceBackend } from '../support/backend-service.ts'

type Operation = readonly [op: string, table: string, id: string, data?: object]

interface Upload {
  readonly client?: string
  readonly transaction: number
  readonly part?: number
  readonly isLast?: boolean
  readonly user?: '1' | '2'
  readonly operations: readonly Operation[]
}

async function send(backend: TestBackend, upload: Upload) {
  const { client = 'device-a', transaction, part = 0, isLast = true, user = '1' } = upload
  const response = await fetch(`${backend.url}/api/upload`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await backend.token(user)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      key: { client, transaction, part, isLast },
      operations: upload.operations.map(([op, table, id, data]) => ({ op, table, id, data })),
    }),
  })
  const { code, operation } = (await response.json()) as { code?: string; operation?: number }
  return code === undefined ? response.status : { code, operation }
}

const modes = [
  ['embedded', () => startTestBackend()],
  ['on a Postgres server', () => startServiceBackend()],
] as const

async function trips({ postgres }: TestBackend): Promise<unknown[]> {
  const { rows } = await postgres.query<{ trip: string }>(
    `select id || ' ' || name trip from trips order by id`,
  )
  return rows.map(({ trip }) => trip)
}

const insert: Operation = ['PUT', 'trips', 't', { name: 'Lapland' }]

test.each(modes)(
  '%s: a retry does not bring back what another device has deleted',
  async (_, start) => {
    const backend = await start()
    const upload = { transaction: 1, operations: [insert] }
    expect(await send(backend, upload)).toBe(200)
    const others: Upload = {
      client: 'device-b',
      transaction: 1,
      operations: [['DELETE', 'trips', 't']],
    }
    expect(await send(backend, others)).toBe(200)
    expect(await send(backend, upload)).toBe(200)
    expect(await trips(backend)).toEqual([])
  },
)

test.each(modes)('%s: a retry does not undo what another device has changed', async (_, start) => {
  const backend = await start()
  const rename = (name: string): Operation => ['PATCH', 'trips', 't', { name }]
  expect(await send(backend, { transaction: 1, operations: [insert] })).toBe(200)
  const upload = { transaction: 2, operations: [rename('Finland')] }
  expect(await send(backend, upload)).toBe(200)
  const others = { client: 'device-b', transaction: 2, operations: [rename('Norway')] }
  expect(await send(backend, others)).toBe(200)
  for (let times = 0; times < 3; times++) expect(await send(backend, upload)).toBe(200)
  expect(await trips(backend)).toEqual(['t Norway'])
})

test.each(modes)('%s: the same upload twice at the same time is written once', async (_, start) => {
  const backend = await start()
  await backend.postgres.exec(`
    create table written (id text);
    create function note_write() returns trigger language plpgsql as
      $$ begin insert into written values (new.id); return null; end $$;
    create trigger note_write after insert or update on trips for each row execute function note_write()`)
  const upload = { transaction: 1, operations: [insert] }
  const answers = await Promise.all(Array.from({ length: 6 }, () => send(backend, upload)))
  expect(answers).toEqual(Array.from({ length: 6 }, () => 200))
  const { rows } = await backend.postgres.query('select id from written')
  expect(rows).toEqual([{ id: 't' }])
})

test.each(modes)(
  '%s: an upload that was refused is not taken for one that was written',
  async (_, start) => {
    const backend = await start()
    const upload: Upload = {
      transaction: 1,
      operations: [['PUT', 'stops', 's', { trip_id: 't', place: 'Inari' }]],
    }
    expect(await send(backend, upload)).toEqual({ code: 'missing-reference', operation: 0 })
    await backend.postgres.exec(
      `insert into trips (id, owner_id, name) values ('t', '1', 'Lapland')`,
    )
    expect(await send(backend, upload)).toBe(200)
    const { rows } = await backend.postgres.query('select id from stops')
    expect(rows).toEqual([{ id: 's' }])
  },
)

test.each(modes)(
  '%s: another user, another device and another content are no retry',
  async (_, start) => {
    const backend = await start()
    const put = (id: string): Operation => ['PUT', 'trips', id, { name: 'Lapland' }]
    expect(await send(backend, { transaction: 1, operations: [put('a')] })).toBe(200)
    expect(await send(backend, { transaction: 1, operations: [put('b')], user: '2' })).toBe(200)
    expect(await send(backend, { transaction: 1, operations: [put('c')], client: 'b' })).toBe(200)
    // A database that was restored from an older copy counts on from there.
    expect(await send(backend, { transaction: 1, operations: [put('d')] })).toBe(200)
    expect(await trips(backend)).toEqual(['a Lapland', 'b Lapland', 'c Lapland', 'd Lapland'])
  },
)

test.each(modes)(
  '%s: an upload in parts is written with its last part, and once',
  async (_, start) => {
    const backend = await start()
    const stop = (id: string): Operation => ['PUT', 'stops', id, { trip_id: 't', place: 'Inari' }]
    const parts: Upload[] = [
      { transaction: 1, part: 0, isLast: false, operations: [insert] },
      { transaction: 1, part: 1, isLast: false, operations: [stop('a'), stop('b')] },
      { transaction: 1, part: 2, operations: [['DELETE', 'stops', 'a']] },
    ]
    for (const part of parts.slice(0, 2)) expect(await send(backend, part)).toBe(200)
    expect(await trips(backend)).toEqual([])
    expect(await send(backend, parts[2] as Upload)).toBe(200)
    expect(await trips(backend)).toEqual(['t Lapland'])
    await backend.postgres.exec(`delete from trips`)
    // The network may send the last one again by itself: it is told to start over, and then that all is done.
    expect(await send(backend, parts[2] as Upload)).toMatchObject({ code: 'part-missing' })
    // In other parts than before, since something in between takes less now.
    const whole = { transaction: 1, operations: parts.flatMap(({ operations }) => operations) }
    for (const again of [parts, parts, [whole]])
      for (const part of again) expect(await send(backend, part)).toBe(200)
    expect(await trips(backend)).toEqual([])
    const { rows } = await backend.postgres.query('select 1 from upload_parts')
    expect(rows).toEqual([])
  },
)

test.each(modes)(
  '%s: an upload in parts is refused as a whole, with the operation counted over all',
  async (_, start) => {
    const backend = await start()
    const first: Upload = { transaction: 1, part: 0, isLast: false, operations: [insert, insert] }
    const last: Upload = {
      transaction: 1,
      part: 1,
      operations: [
        ['PATCH', 'trips', 't', { name: 'Finland' }],
        ['DELETE', 'places', '1'],
      ],
    }
    expect(await send(backend, first)).toBe(200)
    expect(await send(backend, last)).toEqual({ code: 'read-only-table', operation: 3 })
    expect(await trips(backend)).toEqual([])
  },
)

test.each(modes)('%s: what is remembered of a device is its last uploads', async (_, start) => {
  const backend = await start()
  for (const transaction of [1, 2, 150])
    expect(await send(backend, { transaction, operations: [] })).toBe(200)
  await backend.postgres.exec(`
    insert into uploads values ('1', 'gone', 1, 'digest', now() - interval '91 days');
    insert into upload_parts values ('1', 'gone', 2, 0, '[]', now() - interval '2 days')`)
  expect(await send(backend, { transaction: 151, operations: [] })).toBe(200)
  const { rows } = await backend.postgres.query(
    'select client_id, transaction_id::int from uploads order by transaction_id',
  )
  expect(rows).toEqual([
    { client_id: 'device-a', transaction_id: 150 },
    { client_id: 'device-a', transaction_id: 151 },
  ])
  expect((await backend.postgres.query('select 1 from upload_parts')).rows).toEqual([])
})
