import { row, type RowCollection, type RowKey } from '@rowsignal/core'
import { get, type MaybeGetter } from './host.svelte.ts'
import { type Current, keepReadable, useReadable } from './readable.ts'

/**
 * One row of a collection by its key, as `{ current }`; undefined while the collection does not hold it.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be a getter.
 *
 * @example
 * const todo = useRow(todos, () => id)
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeGetter<RowCollection<Row, Key>>,
  key: MaybeGetter<Key>,
): Current<Readonly<Row> | undefined> {
  return useReadable(
    keepReadable(
      () => [get(collection), get(key)],
      () => row(get(collection), get(key)),
    ),
  )
}
