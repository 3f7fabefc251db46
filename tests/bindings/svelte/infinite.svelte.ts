import type { InitialQueryBuilder } from '@tanstack/db'
import { useLiveInfiniteQuery } from '@tanstack/svelte-db'
import type { Places } from '../../support/places.ts'
import type { InfiniteArguments, InfiniteQuery } from '../infinite-driver.ts'

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

export type InfiniteHook = (
  input: never,
  config: object,
  dependencies: (() => unknown)[],
) => InfiniteQuery

/** The hook as a component has it, whose template reads every field. */
export function inEffects(hook: InfiniteHook, { input, config, dependencies }: InfiniteArguments) {
  let query: InfiniteQuery | undefined
  const stop = $effect.root(() => {
    query = hook(
      input as never,
      config,
      dependencies.map((one) => () => one.value),
    )
    $effect(() => void [query!.pages, query!.hasNextPage, query!.status])
  })
  return { query: query!, stop }
}
