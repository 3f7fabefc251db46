/** What the next page will ask for is read before it does. */
import { liveQuery, preload } from '@rowsignal/core'
import { eq, type InitialQueryBuilder } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openPlaces, type Places } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'

const ofCountry = (places: Places, country: string) => (q: InitialQueryBuilder) =>
  q.from({ place: places }).where(({ place }) => eq(place.country, country))

test('a query that was read ahead shows its rows at once, without a read', async () => {
  const { database, places } = await openPlaces(100)
  await preload(ofCountry(places, 'c1'))
  expect(places.size).toBe(10)
  const log = await logStatements(database)
  const page = liveQuery(ofCountry(places, 'c1'))
  expect(page.status).toBe('ready')
  expect(page.size).toBe(10)
  expect(log).toHaveLength(0)
  await places.cleanup()
})

test('what nobody has asked for meanwhile goes after its ttl', async () => {
  const { places } = await openPlaces(100)
  await preload(ofCountry(places, 'c1'), { ttl: 0.001 })
  const page = liveQuery(ofCountry(places, 'c1'))
  await page.cleanup() // without it TanStack DB keeps the query for another 5 s
  await eventually(() => expect(places.size).toBe(0))
})

test('what keeps it from being read rejects it', async () => {
  const refusal = new Error('refused')
  const { places } = await openPlaces(100, { onLoadSubset: () => Promise.reject(refusal) })
  await expect(preload(ofCountry(places, 'c1'))).rejects.toBe(refusal)
})
