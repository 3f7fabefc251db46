import type { LiveQueryConfig, LiveQueryView, QueryAnswer } from '@rowsignal/core'
import { createLiveQueryView } from '@rowsignal/core/host'
import type { Context, InitialQueryBuilder, QueryBuilder } from '@tanstack/db'
import { type MaybeRefOrGetter, toValue } from 'vue'
import { type Awaitable, type Refs, toAwaitable, toQuery, useHost } from './host.ts'

/** What `useLiveQuery` gives: a plain object of refs, to be destructured, and awaited where the page is to wait for the rows. */
export type LiveQuery<Answer> = Awaitable<Refs<LiveQueryView<Answer>>>

/**
 * A live query of TanStack DB, with the arguments and fields of `useLiveQuery` in `@tanstack/vue-db`.
 *
 * Equal queries share one result, which is kept for `keepAliveMs` after the last component has left. What the query
 * function reads is tracked, so that no dependencies need to be listed; until a changed query has its rows, the old ones
 * stay, with `isPlaceholderData`. A query function that returns nothing is disabled.
 *
 * Shape: refs: `rows` (live rows, for templates), `data` (plain; one row for `findOne`), `state`, `collection`, `status`
 * and its booleans, `error` and `retry()`. A query function that throws is an `error`.
 *
 * @example
 * const { rows } = useLiveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.list_id, props.list)))
 */
export function useLiveQuery<Answer extends QueryAnswer>(
  query: ((q: InitialQueryBuilder) => Answer) | MaybeRefOrGetter<Answer>,
  dependencies?: readonly MaybeRefOrGetter<unknown>[],
): LiveQuery<Answer>
export function useLiveQuery<C extends Context>(
  config: MaybeRefOrGetter<LiveQueryConfig<C>>,
  dependencies?: readonly MaybeRefOrGetter<unknown>[],
): LiveQuery<QueryBuilder<C>>
export function useLiveQuery(
  query: unknown,
  dependencies: readonly MaybeRefOrGetter<unknown>[] = [],
): unknown {
  const { view } = createLiveQueryView(useHost(), () => {
    dependencies.forEach(toValue)
    return toQuery(query)
  })
  return toAwaitable(view)
}
