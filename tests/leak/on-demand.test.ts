/** What is left of queries over on-demand collections that have come and gone. */
import { createCollection, createLiveQueryCollection, eq } from '@tanstack/db'
import type { Collection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { allowedBytes, bytesOfOurs } from '../support/heap.ts'
import { openPlaces } from '../support/places.ts'
import { trackingObjects } from '../support/todos.ts'

interface Place {
  readonly id: string
  readonly population: number | null
}

/** A query of its own in each round, of which nothing stays. */
async function ask(places: Collection<Place, string>, round: number): Promise<void> {
  const query = createLiveQueryCollection({
    query: (q) => q.from({ place: places }).where(({ place }) => eq(place.population, round)),
    gcTime: 1,
  })
  await query.preload()
  await query.cleanup()
}

test('of a thousand different demands nothing stays', async () => {
  const { database, places } = await openPlaces(100)
  const control = createCollection<Place, string>({
    getKey: ({ id }) => id,
    syncMode: 'on-demand',
    startSync: true,
    gcTime: 0,
    sync: {
      sync({ markReady }) {
        markReady()
        return { loadSubset: () => true, unloadSubset: () => undefined }
      },
    },
  })
  let round = 0
  const ours = () => ask(places as unknown as Collection<Place, string>, round++ % 7_000)
  const bytes = await bytesOfOurs(ours, () => ask(control, round++ % 7_000))
  expect(bytes).toBeLessThanOrEqual(allowedBytes)
  await eventually(() => expect(places.size).toBe(0))
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
})

test('rows that are kept alive keep no process and no collection alive after cleanup()', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const { places } = await openPlaces(100, { keepAliveMs: 3_600_000 })
  const before = timers()
  await ask(places as unknown as Collection<Place, string>, 5)
  await places.cleanup()
  await eventually(() => expect(timers()).toBe(before))
})
