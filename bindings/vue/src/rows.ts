import type { RowCollection, RowKey, RowsView, RowsWindow } from '@rowsignal/core'
import {
  type AskedSource,
  createAskedSource,
  createRowsView,
  type Followed,
  type Host,
  liveRows,
  type RowsViewSource,
} from '@rowsignal/core/host'
import {
  computed,
  type ComputedRef,
  type MaybeRefOrGetter,
  onScopeDispose,
  toValue,
  watch,
} from 'vue'
import { computedWhileActive, toPlain, useHost } from './host.ts'

/** A view as a plain object of refs, to be destructured. */
export type Refs<View> = {
  readonly [Property in keyof View]: Property extends 'retry'
    ? View[Property]
    : ComputedRef<View[Property]>
}

/** What `useRows` gives: a plain object of refs, to be destructured. */
export type Rows<Row extends object, Key extends RowKey> = Refs<RowsView<Row, Key>>

/**
 * The rows of a collection as live rows: a change of one row runs again only what read that row.
 *
 * Give each row a component of its own: Vue's unit is the component, an inline `<li v-for>` renders the whole list
 * again. Rows are read-only; write by `collection.update`, edit by `useDraft`.
 *
 * Shape: refs of an array with stable row objects (`rows`), of plain rows (`data`), `keys`, `size`, `status` and its
 * booleans, `error` and `retry()`. No collection: empty, `status` is `disabled`. A collection behind a ref or getter may
 * be switched; the old rows stay, with `isPlaceholderData`, until the new ones are there.
 *
 * @example
 * const { rows, isLoading } = useRows(todos, { limit: 100 })
 */
export function useRows<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<RowCollection<Row, Key> | null | undefined>,
  window?: MaybeRefOrGetter<RowsWindow | undefined>,
): Rows<Row, Key> {
  const source = createAskedSource(() => toPlain(collection))
  const { view } = useView(useHost(), source, (kept) =>
    createRowsView({ ...kept, window: () => toValue(window) }),
  )
  return toRefs(view)
}

/** Makes a view of what is asked for, and subscribes to that while the current scope lives. */
export function useView<Row extends object, Key extends RowKey, Handle>(
  host: Host<unknown>,
  { asked: ask, retry }: AskedSource<Row, Key>,
  create: (kept: RowsViewSource<Row, Key>) => Handle & Followed<Row, Key>,
): Handle {
  const asked = computedWhileActive(ask)
  const followed = computedWhileActive(() => {
    const next = asked.value
    if (!host.server) handle.follow(next)
    return next
  })
  const handle = create({
    asked: () => followed.value,
    live: (collection) => liveRows(collection, host),
    retry,
  })
  if (!host.server) {
    // Once a tick, or when it is read: of several changes only the last is asked for.
    watch(followed, () => {}, { immediate: true })
    onScopeDispose(handle.stop, true)
  }
  return handle
}

/** Each property as a ref, but for `retry`. */
export function toRefs<View extends { readonly retry: () => void }>(view: View): Refs<View> {
  const names = Object.keys(view) as (keyof View)[]
  const refs = names.map((name) => [
    name,
    name === 'retry' ? view.retry : computed(() => view[name]),
  ])
  return Object.fromEntries(refs) as Refs<View>
}
