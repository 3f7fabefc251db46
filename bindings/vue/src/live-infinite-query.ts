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
import { type MaybeRefOrGetter, toValue } from 'vue'
import { type Awaitable, type Refs, toAwaitable, toQuery, useHost } from './host.ts'

/** What `useLiveInfiniteQuery` gives: a plain object of refs, to be destructured, and awaited for the first page. */
export type LiveInfiniteQuery<
  Row extends object,
  Key extends string | number = string | number,
  Shown = Collection<Row, Key>,
> = Awaitable<Refs<InfiniteQueryView<Row, Key, Shown>>>

/**
 * Pages of an ordered live query, with the arguments and fields of `useLiveInfiniteQuery` in `@tanstack/vue-db`.
 *
 * For code that moves from there; `usePages` has the query's old rows until a changed query has its own, and takes a
 * query that is disabled.
 *
 * Shape: refs, those of vue-db (`data`, `pages`, `pageParams`, `hasNextPage`, `fetchNextPage()`, …) and `rows`, the live
 * rows of all pages. A page that can't be read is `error`, and the status `error`, until the next try.
 *
 * @throws What the query function throws, and `Error` for what is neither a query function nor a collection, has no
 * `orderBy`, or is of one row; also for `getNextPageParam`.
 * @example
 * const { rows, fetchNextPage } = useLiveInfiniteQuery(
 *   (q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.due),
 *   { pageSize: 50 },
 * )
 */
export function useLiveInfiniteQuery<
  Row extends object,
  Key extends string | number,
  Utils extends UtilsRecord,
>(
  liveQueryCollection: MaybeRefOrGetter<Collection<Row, Key, Utils> & NonSingleResult>,
  config: InfiniteQueryConfig,
): LiveInfiniteQuery<Row, Key, Collection<Row, Key, Utils>>
export function useLiveInfiniteQuery<C extends Context & NonSingleResult>(
  query: (q: InitialQueryBuilder) => QueryBuilder<C>,
  config: InfiniteQueryConfig,
  dependencies?: MaybeRefOrGetter<unknown>[],
): LiveInfiniteQuery<GetResult<C>>
export function useLiveInfiniteQuery(
  query: unknown,
  config: InfiniteQueryConfig,
  dependencies: MaybeRefOrGetter<unknown>[] = [],
): unknown {
  const view = createInfiniteQueryView(useHost(), {
    input: () => toQuery(query),
    config: () => config,
    dependencies: () => dependencies.map(toValue),
  })
  return toAwaitable(view)
}
