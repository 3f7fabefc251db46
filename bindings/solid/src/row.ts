import type { RowCollection, RowKey, RowStatus } from '@rowsignal/core'
import { createRowView, withStatus } from '@rowsignal/core/host'
import type { Accessor } from 'solid-js'
import { access, host, type MaybeAccessor } from './host.ts'

/** What `useRow` gives: an accessor of the row, with its status on it. */
export type RowAccessor<Row extends object> = Accessor<Readonly<Row> | undefined> & RowStatus

/**
 * One row of a collection by its key, as an accessor; undefined while the collection does not hold it, and without a
 * key.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be an accessor. On the accessor
 * are `status`, `isLoading`, `isReady`, `isError`, `error` and `retry()` of the collection, each tracked by itself: they
 * tell a row that is not read yet from one that is not there.
 *
 * @example
 * const todo = useRow(todos, () => props.id)
 * return <Show when={todo()} fallback={todo.isLoading ? 'Loading…' : 'It was deleted.'}>{(row) => row().title}</Show>
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeAccessor<RowCollection<Row, Key>>,
  key: MaybeAccessor<Key | null | undefined>,
): RowAccessor<Row> {
  const view = createRowView(
    host,
    () => access(collection),
    () => access(key),
  )
  return withStatus(view.row, () => view.status)
}
