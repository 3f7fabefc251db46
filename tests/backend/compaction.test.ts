import { expect, test } from 'vitest'
import { startTestBackend } from '../support/backend.ts'
import { eventually } from '../support/eventually.ts'
import { churn, download } from './compacted.ts'
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
