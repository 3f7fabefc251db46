import type { LiveQueryConfig, PagesOptions, PagesView, QueryAnswer } from '@rowsignal/core'
import { createPagesView } from '@rowsignal/core/host'
import type { Context, InitialQueryBuilder, QueryBuilder } from '@tanstack/db'
import { type MaybeRefOrGetter, toValue } from 'vue'
import { type Awaitable, type Refs, toAwaitable, toQuery, useHost } from './host.ts'

/** What `usePages` gives: a plain object of refs, to be destructured, and awaited where the page is to wait for the first page. */
export type Pages<Answer> = Awaitable<Refs<PagesView<Answer>>>

/**
 * The first pages of an ordered live query, one more with each `fetchMore()`.
 *
 * What is shown is always the first rows of the query, also when rows come, go or move above or inside while a page is
 * read: none twice, none left out. The query function is that of `useLiveQuery`; another query starts with its first
 * page, and the old rows stay, with `isPlaceholderData`, until it has them. Equal queries share one result.
 *
 * Shape: refs: `rows` (live rows of all pages), `pages` (the same page by page), `data` (plain), `hasMore`,
 * `isFetchingMore`, `fetchMore()`, `status` and its booleans, `error` and `retry()`.
 *
 * @example
 * const { rows, hasMore, fetchMore } = usePages((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.due), {
 *   pageRows: 50,
 * })
 */
export function usePages<Answer extends QueryAnswer>(
  query: ((q: InitialQueryBuilder) => Answer) | MaybeRefOrGetter<Answer>,
  options?: MaybeRefOrGetter<PagesOptions | undefined>,
): Pages<Answer>
export function usePages<C extends Context>(
  config: MaybeRefOrGetter<LiveQueryConfig<C>>,
  options?: MaybeRefOrGetter<PagesOptions | undefined>,
): Pages<QueryBuilder<C>>
export function usePages(
  query: unknown,
  options?: MaybeRefOrGetter<PagesOptions | undefined>,
): unknown {
  return toAwaitable(
    createPagesView(
      useHost(),
      () => toQuery(query),
      () => toValue(options),
    ),
  )
}
