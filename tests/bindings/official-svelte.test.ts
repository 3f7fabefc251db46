/** svelte-db's `useLiveInfiniteQuery` over a table that is larger than what is shown. */
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { idOf, openPlaces } from '../support/places.ts'
import { createPages } from './svelte/infinite.svelte.ts'

test('pages are read as they are asked for', async () => {
  const { database, places } = await openPlaces(2_000)
  const { pages, stop } = createPages(places)
  onTestFinished(stop)
  const ids = () => (pages.data as { id: string }[]).map(({ id }) => id)
  const first = (count: number) => Array.from({ length: count }, (_, index) => idOf(index))
  await eventually(() => expect(ids()).toEqual(first(20)))
  for (let page = 2; page < 5; page++) {
    await eventually(() => expect(pages.hasNextPage).toBe(true))
    void pages.fetchNextPage()
    await eventually(() => expect(ids()).toEqual(first(page * 20)))
    expect(places.size).toBeLessThan(page * 20 + 25)
  }
  await database.execute("INSERT INTO places(id, population) VALUES ('new', 0)")
  await eventually(() => expect(ids()).toContain('new'))
})
