import type { RowCollection, RowKey, RowsView, RowsWindow } from '@rowsignal/core'
import {
  type AskedSource,
  createAskedSource,
  createRowsView,
  liveRows,
  type RowsViewSource,
} from '@rowsignal/core/host'
import { type Accessor, createComputed, createMemo } from 'solid-js'
import { access, hold, host, type MaybeAccessor } from './host.ts'

/** What `useRows` gives: an accessor of the rows, with everything else on it. */
export type Rows<Row extends object, Key extends RowKey> = Accessor<RowsView<Row, Key>['rows']> &
  RowsView<Row, Key>

/**
 * The rows of a collection as live rows: a change of one row runs again only what read that row.
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
  const source = createAskedSource(() => access(collection))
  const { view } = useView(source, (kept) =>
    createRowsView({ ...kept, window: () => access(window) }),
  )
  return toAccessor(() => view.rows, view)
}

/** Makes a view of what is asked for, and follows that, and what is shown meanwhile, while the current owner lives. */
export function useView<Row extends object, Key extends RowKey, Handle>(
  { asked: ask, retry }: AskedSource<Row, Key>,
  create: (
    kept: RowsViewSource<Row, Key>,
  ) => Handle & { readonly shown: () => RowCollection<Row, Key> | undefined },
): Handle {
  const asked = createMemo(ask)
  const live: RowsViewSource<Row, Key>['live'] = (collection) => liveRows(collection, host)
  const handle = create({ asked, live, retry })
  for (const read of host.server ? [] : [() => asked().collection, handle.shown]) {
    const followed = createMemo(read)
    createComputed(() => {
      const collection = followed()
      if (collection !== undefined) hold(() => live(collection).acquire())
    })
  }
  return handle
}

/** An accessor with the properties of a view on it. */
export function toAccessor<Value, View extends object>(
  read: () => Value,
  view: View,
): Accessor<Value> & View {
  // A memo, so that a change outside the window stops here.
  const value = createMemo(read)
  return withProperties(() => value(), view)
}

/** `accessor` itself, with the properties of a view on it. */
export function withProperties<Value, View extends object>(
  accessor: Accessor<Value>,
  view: View,
): Accessor<Value> & View {
  return Object.defineProperties(
    accessor,
    Object.getOwnPropertyDescriptors(view),
  ) as Accessor<Value> & View
}
