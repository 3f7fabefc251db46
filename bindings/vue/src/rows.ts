import type { RowCollection, RowKey, RowsView, RowsWindow } from '@rowsignal/core'
import { createRowsView } from '@rowsignal/core/host'
import { type MaybeRefOrGetter, toValue } from 'vue'
import { type Awaitable, type Refs, toAwaitable, toPlain, useHost } from './host.ts'

/** What `useRows` gives: a plain object of refs, to be destructured, and awaited where the page is to wait for the rows. */
export type Rows<Row extends object, Key extends RowKey> = Awaitable<Refs<RowsView<Row, Key>>>

/**
 * The rows of a collection as live rows: when one row changes, only what reads that row runs again.
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
  return toAwaitable(
    createRowsView(
      useHost(),
      () => toPlain(collection),
      () => toValue(window),
    ),
  )
}
