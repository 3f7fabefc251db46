/** The official `useLiveInfiniteQuery` over a table that is larger than what is shown. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { BasicIndex, type InitialQueryBuilder } from '@tanstack/db'
import { useLiveInfiniteQuery } from '@tanstack/vue-db'
import { expect, onTestFinished, test } from 'vitest'
import { effectScope } from 'vue'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { idOf, insertPlaces, placesSchema } from '../support/places.ts'

test.each(['with an index', 'without'])('pages are read as they are asked for, %s', async (how) => {
  const database = await openDatabase(placesSchema)
  await insertPlaces(database, 2_000)
  const places = createPowerSyncCollection({
    database,
    table: placesSchema.props.places,
    syncMode: 'on-demand',
    ...(how === 'without' ? {} : { autoIndex: 'eager' as const, defaultIndexType: BasicIndex }),
  })
  const scope = effectScope()
  onTestFinished(() => scope.stop())
  const pages = scope.run(() =>
    useLiveInfiniteQuery(
      (q: InitialQueryBuilder) =>
        q.from({ place: places }).orderBy(({ place }) => place.population, 'asc'),
      { pageSize: 20 },
    ),
  )!
  const ids = () => (pages.data.value as { id: string }[]).map(({ id }) => id)
  const first = (count: number) => Array.from({ length: count }, (_, index) => idOf(index))
  await eventually(() => expect(ids()).toEqual(first(20)))
  for (let page = 2; page < 6; page++) {
    await eventually(() => expect(pages.hasNextPage.value).toBe(true))
    void pages.fetchNextPage()
    await eventually(() => expect(ids()).toEqual(first(page * 20)))
    expect(places.size).toBeLessThan(page * 20 + 25)
  }
  await database.execute("INSERT INTO places(id, population) VALUES ('new', 0)")
  await eventually(() => expect(ids()).toContain('new'))
})
