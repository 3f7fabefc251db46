import type { RowCollection, RowKey, RowStatus } from '@rowsignal/core'
import { createRowView, thenable, withStatus } from '@rowsignal/core/host'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { toValue } from 'vue'
import { type Awaitable, type Refs, toPlain, toRef, toRefs, useHost } from './host.ts'

/** What `useRow` gives: a readonly ref of the row, with the refs of its status on it, to be destructured, and awaited. */
export type RowRef<Row extends object> = Awaitable<
  Readonly<Ref<Readonly<Row> | undefined>> & Refs<RowStatus>
>

/**
 * One row of a collection by its key, as a readonly ref; undefined while the collection does not hold it, and without a
 * key.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be a ref or getter. On the ref
 * are the refs `status`, `isLoading`, `isReady`, `isError`, `error` and `retry()` of the collection: they say whether the
 * row has not been read yet, or does not exist.
 *
 * @example
 * const todo = useRow(todos, () => props.id)
 * const { isLoading } = todo
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<RowCollection<Row, Key>>,
  key: MaybeRefOrGetter<Key | null | undefined>,
): RowRef<Row> {
  const view = createRowView(
    useHost(),
    () => toPlain(collection),
    () => toValue(key),
  )
  const refs = () => withStatus(toRef(view.row), () => toRefs(view.status))
  return thenable(refs(), view.row, refs)
}
