import { expect, test } from 'vitest'
import { startTestBackend } from '../support/backend.ts'

test('each user finds a trip with stops on different days, once', async () => {
  const backend = await startTestBackend({ withTrips: true })
  const trips = `select trips.owner_id, count(distinct stops.day)::int days
    from trips join stops on stops.trip_id = trips.id group by trips.id, trips.owner_id order by 1`
  expect((await backend.postgres.query(trips)).rows).toEqual([
    { owner_id: '1', days: 4 },
    { owner_id: '2', days: 3 },
  ])
  await backend.postgres.query(`delete from trips where owner_id = '1'`)
  const { dataDir } = backend
  await backend.close()
  const again = await startTestBackend({ withTrips: true, dataDir })
  expect((await again.postgres.query('select owner_id from trips')).rows).toEqual([
    { owner_id: '2' },
  ])
})
