import type { InitialQueryBuilder } from '@tanstack/db'
import { useLiveInfiniteQuery } from '@tanstack/svelte-db'
import type { Places } from '../../support/places.ts'

/** Pages of the official adapter, as a component has them. */
export function createPages(places: Places) {
  let pages: ReturnType<typeof open> | undefined
  const open = () =>
    useLiveInfiniteQuery(
      (q: InitialQueryBuilder) =>
        q.from({ place: places }).orderBy(({ place }) => place.population, 'asc'),
      { pageSize: 20 },
    )
  const stop = $effect.root(() => {
    pages = open()
  })
  return { pages: pages!, stop }
}
