import type { RowCollection, RowKey, RowsView, RowsWindow } from '@rowsignal/core'
import { createRowsView, liveRows } from '@rowsignal/core/host'
import { computed, type ComputedRef, type MaybeRefOrGetter, toValue, watch } from 'vue'
import { toPlain, useHost } from './host.ts'

/** What `useRows` gives: a plain object of refs, to be destructured. */
export type Rows<Row extends object, Key extends RowKey> = {
  readonly [Property in keyof RowsView<Row, Key>]: ComputedRef<RowsView<Row, Key>[Property]>
}

/**
 * The rows of a collection as live rows: a change of one row runs again only what read that row.
 *
 * Give each row a component of its own: Vue's unit is the component, an inline `<li v-for>` renders the whole list
 * again. Rows are read-only; write by `collection.update`, edit by `useDraft`.
 *
 * Shape: refs of an array with stable row objects (`rows`), of plain rows (`data`), `keys`, `size`, `status` and its
 * booleans. No collection: empty, `status` is `disabled`. A collection behind a ref or getter may be switched.
 *
 * @example
 * const { rows, isLoading } = useRows(todos, { limit: 100 })
 */
export function useRows<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<RowCollection<Row, Key> | null | undefined>,
  window?: MaybeRefOrGetter<RowsWindow | undefined>,
): Rows<Row, Key> {
  const host = useHost()
  const live = computed(() => {
    const source = toPlain(collection)
    return source ? liveRows(source, host) : undefined
  })
  if (!host.server) {
    watch(live, (next, _previous, onCleanup) => next && onCleanup(next.acquire()), {
      immediate: true,
      flush: 'sync',
    })
  }
  const view = createRowsView({ live: () => live.value, window: () => toValue(window) })
  return {
    rows: computed(() => view.rows),
    data: computed(() => view.data),
    keys: computed(() => view.keys),
    size: computed(() => view.size),
    status: computed(() => view.status),
    isIdle: computed(() => view.isIdle),
    isLoading: computed(() => view.isLoading),
    isReady: computed(() => view.isReady),
    isError: computed(() => view.isError),
    isCleanedUp: computed(() => view.isCleanedUp),
  }
}
