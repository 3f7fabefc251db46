import type { LiveQueryConfig, PagesOptions, PagesView, QueryAnswer } from '@rowsignal/core'
import { createPagesView } from '@rowsignal/core/host'
import type { Context, InitialQueryBuilder, QueryBuilder } from '@tanstack/db'
import { type Awaitable, get, host, type MaybeGetter, toAwaitable } from './host.svelte.ts'

/**
 * The first pages of an ordered live query, one more with each `fetchMore()`.
 *
 * What is shown is always the first rows of the query, also when rows come, go or move above or inside while a page is
 * read: none twice, none left out. The query function is that of `useLiveQuery`; another query starts with its first
 * page, and the old rows stay, with `isPlaceholderData`, until it has them. Equal queries share one result.
 *
 * Shape: an object of getters: `rows` (live rows of all pages), `pages` (the same page by page), `data` (plain),
 * `hasMore`, `isFetchingMore`, `fetchMore()`, `status` and its booleans, `error` and `retry()`. Do not destructure it.
 *
 * @example
 * const due = usePages((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.due), { pageRows: 50 })
 * // {#each due.rows as todo (todo.id)}<li>{todo.title}</li>{/each}
 */
export function usePages<Answer extends QueryAnswer>(
  query: ((q: InitialQueryBuilder) => Answer) | MaybeGetter<Answer>,
  options?: MaybeGetter<PagesOptions | undefined>,
): Awaitable<PagesView<Answer>>
export function usePages<C extends Context>(
  config: MaybeGetter<LiveQueryConfig<C>>,
  options?: MaybeGetter<PagesOptions | undefined>,
): Awaitable<PagesView<QueryBuilder<C>>>
export function usePages(query: unknown, options?: MaybeGetter<PagesOptions | undefined>): unknown {
  return toAwaitable(
    createPagesView(
      host,
      () => query,
      () => get(options),
    ),
  )
}
