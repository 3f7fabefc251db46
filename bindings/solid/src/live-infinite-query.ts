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
import { type Accessor, createMemo } from 'solid-js'
import { access, host, type MaybeAccessor, withProperties } from './host.ts'

/** What `useLiveInfiniteQuery` gives: an accessor of the live rows of all pages, with everything else on it. */
export type LiveInfiniteQuery<
  Row extends object,
  Key extends string | number = string | number,
  Shown = Collection<Row, Key>,
> = Accessor<readonly Readonly<Row>[]> & InfiniteQueryView<Row, Key, Shown>

/**
 * Pages of an ordered live query, with the fields of `useLiveInfiniteQuery` in `@tanstack/vue-db` and `svelte-db`.
 *
 * For code that moves from there; `usePages` has the query's old rows until a changed query has its own, and takes a
 * query that is disabled. What the query function and the config read is tracked; a dependency that is listed and equal to the
 * one before does not start the query anew.
 *
 * Shape: an accessor of live rows, with `data` (plain), `pages`, `pageParams`, `hasNextPage`, `fetchNextPage()` and what
 * else vue-db and svelte-db give on it. A page that can't be read is `error`, and the status `error`, until the next try.
 *
 * @throws What the query function throws, and `Error` for what is neither a query function nor a collection, has no
 * `orderBy`, or is of one row; also for `getNextPageParam`.
 * @example
 * const due = useLiveInfiniteQuery((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.due), { pageSize: 50 })
 * return <For each={due()}>{(todo) => <li>{todo.title}</li>}</For>
 */
export function useLiveInfiniteQuery<
  Row extends object,
  Key extends string | number,
  Utils extends UtilsRecord,
>(
  liveQueryCollection: MaybeAccessor<Collection<Row, Key, Utils> & NonSingleResult>,
  config: MaybeAccessor<InfiniteQueryConfig>,
): LiveInfiniteQuery<Row, Key, Collection<Row, Key, Utils>>
export function useLiveInfiniteQuery<C extends Context & NonSingleResult>(
  query: (q: InitialQueryBuilder) => QueryBuilder<C>,
  config: MaybeAccessor<InfiniteQueryConfig>,
  dependencies?: Accessor<unknown>[],
): LiveInfiniteQuery<GetResult<C>>
export function useLiveInfiniteQuery(
  query: unknown,
  config: MaybeAccessor<InfiniteQueryConfig>,
  dependencies: Accessor<unknown>[] = [],
): unknown {
  const view = createInfiniteQueryView(host, {
    input: () => query,
    config: () => access(config),
    dependencies: () => dependencies.map(access),
  })
  const rows = createMemo(() => view.rows)
  return withProperties(() => rows(), view)
}
