import type { LiveQueryConfig, LiveQueryView, QueryAnswer } from '@rowsignal/core'
import { createLiveQueryView } from '@rowsignal/core/host'
import type { Context, InitialQueryBuilder, QueryBuilder } from '@tanstack/db'
import { type Awaitable, host, type MaybeGetter, toAwaitable } from './host.svelte.ts'

/**
 * A live query of TanStack DB, with the arguments and fields of `useLiveQuery` in `@tanstack/svelte-db`.
 *
 * Equal queries share one result, which is kept for `keepAliveMs` after the last component has left. What the query
 * function reads is tracked, so that no dependencies need to be listed; until a changed query has its rows, the old ones
 * stay, with `isPlaceholderData`. A query function that returns nothing is disabled.
 *
 * Shape: an object of getters: `rows` (live rows, for templates), `data` (plain; one row for `findOne`), `state`,
 * `collection`, `status` and its booleans, `error` and `retry()`. A query function that throws is an `error`. Do not
 * destructure it.
 *
 * @example
 * const open = useLiveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.list_id, list)))
 * // {#each open.rows as todo (todo.id)}<li>{todo.title}</li>{/each}
 */
export function useLiveQuery<Answer extends QueryAnswer>(
  query: ((q: InitialQueryBuilder) => Answer) | MaybeGetter<Answer>,
  dependencies?: readonly (() => unknown)[],
): Awaitable<LiveQueryView<Answer>>
export function useLiveQuery<C extends Context>(
  config: MaybeGetter<LiveQueryConfig<C>>,
  dependencies?: readonly (() => unknown)[],
): Awaitable<LiveQueryView<QueryBuilder<C>>>
export function useLiveQuery(
  query: unknown,
  dependencies: readonly (() => unknown)[] = [],
): unknown {
  const { view } = createLiveQueryView(host, () => {
    dependencies.forEach((read) => read())
    return query
  })
  return toAwaitable(view)
}
