/** The sync streams of collections: subscribed to while their rows are wanted. */
import { createPowerSyncCollection, subsetParameters } from '@rowsignal/core'
import { and, eq, gt, inArray, not, or } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { openPlaces, openQuery, placesSchema } from '../../support/places.ts'

interface Active {
  connectionManager: { activeStreams: readonly { name: string; params: unknown }[] }
}

/** The streams that the SDK has subscribers of. */
const active = (database: unknown) => (database as Active).connectionManager.activeStreams

const table = placesSchema.props.places

test.each(['eager', 'progressive'] as const)(
  'an %s collection has its stream while it syncs',
  async (syncMode) => {
    const database = await openDatabase(placesSchema)
    const stream = { name: 'places', params: { a: 1 }, ttl: 60, priority: 1 as const }
    const places = createPowerSyncCollection({ database, table, syncMode, stream })
    const others = createPowerSyncCollection({ database, table, syncMode, stream })
    expect(active(database)).toEqual([])
    await Promise.all([places.preload(), others.preload()])
    await eventually(() =>
      expect(places.utils.streams.get()).toMatchObject([{ name: 'places', params: { a: 1 } }]),
    )
    await eventually(() => expect(others.utils.streams.get()).toHaveLength(1))
    expect(active(database)).toEqual([{ name: 'places', params: { a: 1 } }])
    expect(
      await database.getAll('SELECT ttl, local_priority FROM ps_stream_subscriptions'),
    ).toEqual([{ ttl: 60, local_priority: 1 }])
    expect(places.utils.synced).toBe(false)
    await places.cleanup()
    expect(active(database)).toHaveLength(1) // the other one is still there
    await others.cleanup()
    expect(active(database)).toEqual([])
    expect(places.utils.streams.get()).toEqual([])
  },
)

test('an on-demand collection has its stream with its first query, until its last', async () => {
  const { database, places } = await openPlaces(10, { stream: { name: 'places' } })
  places.startSyncImmediate()
  expect(active(database)).toEqual([])
  const seen: number[] = []
  places.utils.streams.listen((streams) => void seen.push(streams.length))
  const queries = [1, 2].map((index) =>
    openQuery((q) =>
      q.from({ place: places }).where(({ place }) => eq(place.country, `c${index}`)),
    ),
  )
  await Promise.all(queries.map(({ live }) => live.preload()))
  expect(active(database)).toHaveLength(1)
  await queries[0]!.close()
  expect(active(database)).toHaveLength(1)
  await queries[1]!.close()
  await eventually(() => expect(active(database)).toEqual([]))
  expect(seen).toEqual([1, 0])
})

test('the stream of what a query asks for', async () => {
  const stream = vi.fn<(subset: object) => { name: string; params: Record<string, unknown> }>(
    (subset) => ({
      name: 'places',
      params: subsetParameters(subset),
    }),
  )
  const { database, places } = await openPlaces(10, { stream })
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  await query.live.preload()
  expect(active(database)).toEqual([{ name: 'places', params: { country: 'c1' } }])
  await query.close()
  await eventually(() => expect(active(database)).toEqual([]))
})

test('a stream that can not be subscribed to is the error of the collection, or of the query', async () => {
  const { database, places } = await openPlaces(10, { stream: { name: 'places' } })
  const refusal = new Error('no such stream')
  vi.spyOn(database, 'syncStream').mockReturnValue({
    subscribe: () => Promise.reject(refusal),
  } as never)
  const query = openQuery((q) =>
    q.from({ place: places }).where(({ place }) => eq(place.country, 'c1')),
  )
  await expect(query.live.preload()).rejects.toBe(refusal)
  const eager = createPowerSyncCollection({ database, table, stream: { name: 'places' } })
  await expect(eager.preload()).rejects.toMatchObject({ code: 'load-hook-failed', cause: refusal })
})

test('a stream of what is asked for, or a hook for it, needs a mode in which something is', async () => {
  const database = await openDatabase(placesSchema)
  expect(() => createPowerSyncCollection({ database, table, stream: () => undefined })).toThrow(
    'options-conflict',
  )
  expect(() =>
    createPowerSyncCollection({ database, table, onLoadSubset: () => undefined }),
  ).toThrow('options-conflict')
})

test('the parameters are what each row must have', async () => {
  const asked: object[] = []
  const { places } = await openPlaces(1, { onLoadSubset: (subset) => void asked.push(subset) })
  const query = openQuery((q) =>
    q
      .from({ place: places })
      .where(({ place }) =>
        and(
          eq(place.country, 'c1'),
          inArray(place.name, ['a', 'b']),
          gt(place.population, 3),
          or(eq(place.id, 'x'), eq(place.id, 'y')),
          not(eq(place.population, 5)),
        ),
      ),
  )
  await query.live.preload()
  expect(subsetParameters(asked[0]!)).toEqual({ country: 'c1', name: ['a', 'b'] })
  expect(subsetParameters({})).toEqual({})
})
