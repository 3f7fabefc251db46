import type { LiveQueryConfig, PagesOptions, PagesView, QueryAnswer } from '@rowsignal/core'
import { createPagesView } from '@rowsignal/core/host'
import type { Context, InitialQueryBuilder, QueryBuilder } from '@tanstack/db'
import { type Accessor, createMemo } from 'solid-js'
import { access, host, type MaybeAccessor, withProperties } from './host.ts'

/** What `usePages` gives: an accessor of the live rows of all pages, with everything else on it. */
export type Pages<Answer> = Accessor<PagesView<Answer>['rows']> & PagesView<Answer>

/**
 * The first pages of an ordered live query, one more with each `fetchMore()`.
 *
 * What is shown is always the first rows of the query, also when rows come, go or move above or inside while a page is
 * read: none twice, none left out. The query function is that of `useLiveQuery`; another query starts with its first
 * page, and the old rows stay, with `isPlaceholderData`, until it has them. Equal queries share one result.
 *
 * Shape: an accessor of live rows, with `pages` (the same page by page), `data` (plain), `hasMore`, `isFetchingMore`,
 * `fetchMore()`, `status` and its booleans, `error` and `retry()` on it.
 *
 * @example
 * const due = usePages((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.due), { pageRows: 50 })
 * return <For each={due()}>{(todo) => <li>{todo.title}</li>}</For>
 */
export function usePages<Answer extends QueryAnswer>(
  query: ((q: InitialQueryBuilder) => Answer) | MaybeAccessor<Answer>,
  options?: MaybeAccessor<PagesOptions | undefined>,
): Pages<Answer>
export function usePages<C extends Context>(
  config: MaybeAccessor<LiveQueryConfig<C>>,
  options?: MaybeAccessor<PagesOptions | undefined>,
): Pages<QueryBuilder<C>>
export function usePages(
  query: unknown,
  options?: MaybeAccessor<PagesOptions | undefined>,
): unknown {
  const view = createPagesView(
    host,
    () => query,
    () => access(options),
  )
  const rows = createMemo(() => view.rows)
  return withProperties(() => rows(), view)
}
