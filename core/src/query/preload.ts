/** Reading ahead: what the next page will ask for, before it does. */
import type { InitialQueryBuilder } from '@tanstack/db'
import type { AnyQuery } from '../libraries/tanstack.ts'
import { liveQuery } from './live-query.ts'

/**
 * Reads the rows of a query, and keeps them up to date for a while, so that a page which asks for them shows them at once.
 *
 * @param query As that of `liveQuery` and `useLiveQuery`.
 * @returns Resolves when the rows are there; rejects with what keeps them from being read.
 * @example
 * <a onPointerEnter={() => preload((q) => stopsOf(q, trip.id))} />
 */
export async function preload<Built extends AnyQuery>(
  query: Built | ((q: InitialQueryBuilder) => Built),
  {
    ttl = 30,
  }: {
    /** How long the rows are kept if nothing asks for them, in seconds, as those of a sync stream. @default 30 */
    ttl?: number
  } = {},
): Promise<void> {
  const live = liveQuery(query)
  const subscription = live.subscribeChanges(() => undefined)
  const timer = setTimeout(() => subscription.unsubscribe(), ttl * 1_000)
  try {
    await live.preload()
  } catch (error) {
    clearTimeout(timer)
    subscription.unsubscribe()
    throw error
  }
}
