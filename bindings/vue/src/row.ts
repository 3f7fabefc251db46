import { row, type RowCollection, type RowKey } from '@rowsignal/core'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { toValue } from 'vue'
import { toPlain } from './host.ts'
import { useReadable } from './readable.ts'

/**
 * One row of a collection by its key, as a readonly ref; undefined while the collection does not hold it.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be a ref or getter.
 *
 * @example
 * const todo = useRow(todos, () => props.id)
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<RowCollection<Row, Key>>,
  key: MaybeRefOrGetter<Key>,
): Readonly<Ref<Readonly<Row> | undefined>> {
  return useReadable(() => row(toPlain(collection), toValue(key)))
}
