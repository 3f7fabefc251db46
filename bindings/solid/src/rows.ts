import type { RowCollection, RowKey, RowsView, RowsWindow } from '@rowsignal/core'
import { createRowsView } from '@rowsignal/core/host'
import { type Accessor, createMemo } from 'solid-js'
import { access, host, type MaybeAccessor, withProperties } from './host.ts'

/** What `useRows` gives: an accessor of the rows, with everything else on it. */
export type Rows<Row extends object, Key extends RowKey> = Accessor<RowsView<Row, Key>['rows']> &
  RowsView<Row, Key>

/**
 * The rows of a collection as live rows: when one row changes, only what reads that row runs again.
 *
 * Rows keep their identity, so `<For>` keeps their nodes. They are read-only; write by `collection.update`, edit by
 * `useDraft`.
 *
 * Shape: an accessor of an array with stable row objects, with `data` (plain rows), `keys`, `size`, `status` and its
 * booleans, `error` and `retry()` on it, each tracked by itself. No collection: empty, `status` is `disabled`. A
 * collection behind an accessor may be switched; the old rows stay, with `isPlaceholderData`, until the new ones are
 * there.
 *
 * @example
 * const all = useRows(todos)
 * return <For each={all()}>{(todo) => <li>{todo.title}</li>}</For>
 */
export function useRows<Row extends object, Key extends RowKey>(
  collection: MaybeAccessor<RowCollection<Row, Key> | null | undefined>,
  window?: MaybeAccessor<RowsWindow | undefined>,
): Rows<Row, Key> {
  const view = createRowsView(
    host,
    () => access(collection),
    () => access(window),
  )
  // A memo, so that a change outside the window stops here.
  const rows = createMemo(() => view.rows)
  return withProperties(() => rows(), view)
}
