import type { RowCollection, RowKey, RowsView, RowsWindow } from '@rowsignal/core'
import { createRowsView } from '@rowsignal/core/host'
import { type Awaitable, get, host, type MaybeGetter, toAwaitable } from './host.svelte.ts'

/**
 * The rows of a collection as live rows: when one row changes, only what reads that row runs again.
 *
 * Rows are read-only; write by `collection.update`, edit by `useDraft`. Followed while the component or effect lives in
 * which it was made, and while an effect reads it: so it may be made anywhere, also in a module.
 *
 * Shape: an object of getters: an array with stable row objects (`rows`), plain rows (`data`), `keys`, `size`, `status`
 * and its booleans, `error` and `retry()`. Do not destructure it. No collection: empty, `status` is `disabled`. A
 * collection behind a getter may be switched; the old rows stay, with `isPlaceholderData`, until the new ones are there.
 *
 * @example
 * const all = useRows(todos)
 * // {#each all.rows as todo (todo.id)}<li>{todo.title}</li>{/each}
 */
export function useRows<Row extends object, Key extends RowKey>(
  collection: MaybeGetter<RowCollection<Row, Key> | null | undefined>,
  window?: MaybeGetter<RowsWindow | undefined>,
): Awaitable<RowsView<Row, Key>> {
  return toAwaitable(
    createRowsView(
      host,
      () => get(collection),
      () => get(window),
    ),
  )
}
