import { expect, test } from 'vitest'
import { startTestBackend } from '../support/backend.ts'
import { eventually } from '../support/eventually.ts'
import { operationsOf, readSyncLines, type SyncLine } from '../support/sync-client.ts'
import { churn, download, isComplete } from './compacted.ts'
import { openPlanner } from './planner.ts'

test('a row that is gone, and one that has moved to the other user, are not brought back', async () => {
  const backend = await startTestBackend()
  await churn(backend, 10)
  await backend.postgres.exec(
    `delete from trips where id = 'b'; update trips set owner_id = '2' where id = 'c'`,
  )
  await churn(backend, 2_000)
  await backend.postgres.exec(
    `delete from trips where id = 'b'; update trips set owner_id = '2' where id = 'c'`,
  )
  const planner = await openPlanner({ url: () => backend.url })
  await eventually(async () =>
    expect(await planner.getAll('select id from trips')).toEqual([{ id: 'a' }]),
  )
})

test('a client goes on with its rows, whatever it had when the log was compacted', async () => {
  const backend = await startTestBackend()
  await churn(backend, 10)
  // Connected all the time: its sums are checked at each step.
  const planner = await openPlanner({ url: () => backend.url })
  const errors: unknown[] = []
  planner.registerListener({
    statusChanged: ({ downloadError }) => downloadError !== undefined && errors.push(downloadError),
  })
  // Away since before.
  const positions = new Map<string, string>()
  await eventually(async () => expect((await download(backend, positions)).trips?.count).toBe(13))
  await churn(backend, 3_000)
  await eventually(async () =>
    expect(await planner.getAll('select id, name from trips order by id')).toEqual([
      { id: 'a', name: 'Lapland 3000' },
      { id: 'b', name: 'Lapland' },
      { id: 'c', name: 'Lapland' },
    ]),
  )
  const { operations } = await download(backend, positions)
  expect(operations[0]?.op).toBe('CLEAR')
  await backend.postgres.exec(`update trips set name = 'Finland'`)
  await eventually(async () =>
    expect(await planner.getAll('select distinct name from trips')).toEqual([{ name: 'Finland' }]),
  )
  expect(errors).toEqual([])
})

test('a download that is overtaken by a compaction is completed by a newer checkpoint', async () => {
  const backend = await startTestBackend()
  const { postgres } = backend
  // 18 MB, which is more than fits between a backend and a client that waits.
  await postgres.exec(`
    insert into trips (id, owner_id, name) values ('t', '1', 'Lapland');
    insert into stops (id, trip_id, owner_id, place, note)
      select n, 't', '1', 'Inari', repeat('x', 9000) from generate_series(1, 2000) n`)
  const stops = async () => {
    const { rows } = await postgres.query<{ count: number }>(
      `select count::int from sync.buckets where bucket like '%stops%'`,
    )
    return rows[0]?.count
  }
  await eventually(async () => expect(await stops()).toBe(2000))
  const read: SyncLine[] = []
  for await (const line of readSyncLines(backend.url, { token: await backend.token() })) {
    read.push(line)
    if (isComplete(line)) break
    if (read.length !== 3) continue
    await postgres.exec(`do $$ begin
      for n in 1..3100 loop update stops set note = 'x' || n where id = '1'; end loop; end $$`)
    await eventually(async () => expect(await stops()).toBe(2001))
  }
  // As a client keeps it: forgotten at a CLEAR, and summed up from then on.
  const rows = new Map<string, string | null>()
  let sum = 0
  for (const { op, object_type: type, object_id: id, data, checksum } of operationsOf(read)) {
    if (type === 'trips') continue
    if (op === 'CLEAR') rows.clear()
    else rows.set(id, data)
    sum = op === 'CLEAR' ? checksum : (sum + checksum) % 2 ** 32
  }
  expect(rows.size).toBe(2000)
  expect(JSON.parse(rows.get('1') ?? '')).toMatchObject({ note: 'x3100' })
  const diff = read.findLast((line) => line.checkpoint_diff !== undefined)?.checkpoint_diff
  expect(diff?.updated_buckets).toMatchObject([{ count: 2001, checksum: sum }])
})
