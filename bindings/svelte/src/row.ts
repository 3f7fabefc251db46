import { row, type RowCollection, type RowKey, type RowStatus } from '@rowsignal/core'
import { createRowSource, createRowStatus, createRowsView } from '@rowsignal/core/host'
import { get, type MaybeGetter } from './host.svelte.ts'
import { type Current, keepReadable, useReadable } from './readable.ts'
import { follow } from './rows.ts'

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
): Current<Readonly<Row> | undefined> & RowStatus {
  const source = createRowSource(
    () => get(collection),
    () => get(key),
  )
  return Object.defineProperties(
    createRowStatus(() => createRowsView({ ...source, live: follow }).view),
    Object.getOwnPropertyDescriptors(currentRow(collection, key)),
  ) as Current<Readonly<Row> | undefined> & RowStatus
}

/** The row without its status. */
export function currentRow<Row extends object, Key extends RowKey>(
  collection: MaybeGetter<RowCollection<Row, Key>>,
  key: MaybeGetter<Key | null | undefined>,
): Current<Readonly<Row> | undefined> {
  return useReadable(
    keepReadable(
      () => [get(collection), get(key)],
      () => row(get(collection), get(key)),
    ),
  )
}
