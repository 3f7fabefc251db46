import { row, type RowCollection, type RowKey } from '@rowsignal/core'
import type { Accessor } from 'solid-js'
import { access, type MaybeAccessor } from './host.ts'
import { useReadable } from './readable.ts'

/**
 * One row of a collection by its key, as an accessor; undefined while the collection does not hold it.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be an accessor.
 *
 * @example
 * const todo = useRow(todos, () => props.id)
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeAccessor<RowCollection<Row, Key>>,
  key: MaybeAccessor<Key>,
): Accessor<Readonly<Row> | undefined> {
  return useReadable(() => row(access(collection), access(key)))
}
