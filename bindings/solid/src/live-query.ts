import type { AnswerRows, LiveQueryConfig, LiveQueryView, QueryAnswer } from '@rowsignal/core'
import { createLiveQueryView } from '@rowsignal/core/host'
import type { Context, InitialQueryBuilder, QueryBuilder } from '@tanstack/db'
import { type Accessor, createMemo } from 'solid-js'
import { host, type MaybeAccessor, withProperties } from './host.ts'

/** What `useLiveQuery` gives: an accessor of the live rows, or of the one of `findOne`, with everything else on it. */
export type LiveQuery<Answer> = Accessor<AnswerRows<Answer>> & LiveQueryView<Answer>

/**
 * A live query of TanStack DB, with the arguments and fields of `useLiveQuery` in `@tanstack/solid-db`.
 *
 * Equal queries share one result, which is kept for `keepAliveMs` after the last component has left. What the query
 * function reads is tracked; until a changed query has its rows, the old ones stay, with `isPlaceholderData`. A query
 * function that returns nothing is disabled.
 *
 * Shape: an accessor of live rows, for templates, with `rows` (always an array), `data` (plain; one row for `findOne`),
 * `state`, `collection`, `status` and its booleans, `error` and `retry()` on it. A query function that throws is an
 * `error`.
 *
 * @example
 * const open = useLiveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.list_id, props.list)))
 * return <For each={open()}>{(todo) => <li>{todo.title}</li>}</For>
 */
export function useLiveQuery<Answer extends QueryAnswer>(
  query: ((q: InitialQueryBuilder) => Answer) | MaybeAccessor<Answer>,
): LiveQuery<Answer>
export function useLiveQuery<C extends Context>(
  config: MaybeAccessor<LiveQueryConfig<C>>,
): LiveQuery<QueryBuilder<C>>
export function useLiveQuery(query: unknown): unknown {
  const { view, rows } = createLiveQueryView(host, () => query)
  const shown = createMemo(rows)
  return withProperties(() => shown(), view)
}
