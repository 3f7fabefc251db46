import type { InfiniteQueryConfig, InfiniteQueryView } from '@rowsignal/core'
import { createInfiniteQueryView } from '@rowsignal/core/host'
import type {
  Collection,
  Context,
  GetResult,
  InitialQueryBuilder,
  NonSingleResult,
  QueryBuilder,
  UtilsRecord,
} from '@tanstack/db'
import { untrack } from 'svelte'
import { type Awaitable, host, type MaybeGetter, toAwaitable } from './host.svelte.ts'

/**
 * Pages of an ordered live query, with the arguments and fields of `useLiveInfiniteQuery` in `@tanstack/svelte-db`.
 *
 * For code that moves from there; `usePages` has the query's old rows until a changed query has its own, and takes a
 * query that is disabled.
 *
 * Shape: an object of getters, those of svelte-db (`data`, `pages`, `pageParams`, `hasNextPage`, `fetchNextPage()`, …) and
 * `rows`, the live rows of all pages. A page that can't be read is `error`, and the status `error`, until the next try.
 * Do not destructure it.
 *
 * @throws What the query function throws, and `Error` for what is neither a query function nor a collection, has no
 * `orderBy`, or is of one row; also for `getNextPageParam`.
 * @example
 * const due = useLiveInfiniteQuery((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.due), { pageSize: 50 })
 * // {#each due.rows as todo (todo.id)}<li>{todo.title}</li>{/each}
 */
export function useLiveInfiniteQuery<
  Row extends object,
  Key extends string | number,
  Utils extends UtilsRecord,
>(
  liveQueryCollection: MaybeGetter<Collection<Row, Key, Utils> & NonSingleResult>,
  config: InfiniteQueryConfig,
): Awaitable<InfiniteQueryView<Row, Key, Collection<Row, Key, Utils>>>
export function useLiveInfiniteQuery<C extends Context & NonSingleResult>(
  query: (q: InitialQueryBuilder) => QueryBuilder<C>,
  config: InfiniteQueryConfig,
  dependencies?: (() => unknown)[],
): Awaitable<InfiniteQueryView<GetResult<C>, string | number>>
export function useLiveInfiniteQuery(
  query: unknown,
  config: InfiniteQueryConfig,
  dependencies: (() => unknown)[] = [],
): unknown {
  // What it reads as it is made is not what the running effect is to run again for.
  return untrack(() =>
    toAwaitable(
      createInfiniteQueryView(host, {
        input: () => query,
        config: () => config,
        dependencies: () => dependencies.map((read) => read()),
      }),
    ),
  )
}
