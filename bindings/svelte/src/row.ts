import type { RowCollection, RowKey, RowStatus } from '@rowsignal/core'
import { createRowView, withStatus } from '@rowsignal/core/host'
import { type Awaitable, get, host, type MaybeGetter, toAwaitable } from './host.svelte.ts'
import { type Current, toCurrent } from './readable.ts'

/**
 * One row of a collection by its key, as `{ current }`; undefined while the collection does not hold it, and without a
 * key.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be a getter. Beside `current` are
 * `status`, `isLoading`, `isReady`, `isError`, `error` and `retry()` of the collection: they tell a row that is not read
 * yet from one that is not there. Do not destructure it.
 *
 * @example
 * const todo = useRow(todos, () => id)
 * // {#if todo.current}{todo.current.title}{:else if todo.isLoading}Loading…{:else}It was deleted.{/if}
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeGetter<RowCollection<Row, Key>>,
  key: MaybeGetter<Key | null | undefined>,
): Awaitable<Current<Readonly<Row> | undefined> & RowStatus> {
  const view = createRowView(
    host,
    () => get(collection),
    () => get(key),
  )
  return toAwaitable(
    withStatus(toCurrent(view.row), () => view.status),
    view.row,
  )
}
