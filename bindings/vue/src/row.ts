import { row, type RowCollection, type RowKey, type RowStatus } from '@rowsignal/core'
import {
  createRowSource,
  createRowStatus,
  createRowsView,
  liveRows,
  type RowsViewSource,
} from '@rowsignal/core/host'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { getCurrentScope, toValue } from 'vue'
import { toPlain, useHost } from './host.ts'
import { followReadable } from './readable.ts'
import { type Refs, toRefs, useView } from './rows.ts'

/** What `useRow` gives: a readonly ref of the row, with the refs of its status on it, to be destructured. */
export type RowRef<Row extends object> = Readonly<Ref<Readonly<Row> | undefined>> & Refs<RowStatus>

/**
 * One row of a collection by its key, as a readonly ref; undefined while the collection does not hold it, and without a
 * key.
 *
 * Shape: the collection's own plain row, the same object until it changes. The key may be a ref or getter. On the ref
 * are the refs `status`, `isLoading`, `isReady`, `isError`, `error` and `retry()` of the collection: they tell a row that
 * is not read yet from one that is not there.
 *
 * @example
 * const todo = useRow(todos, () => props.id)
 * const { isLoading } = todo
 */
export function useRow<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<RowCollection<Row, Key>>,
  key: MaybeRefOrGetter<Key | null | undefined>,
): RowRef<Row> {
  const host = useHost()
  const source = createRowSource(
    () => toPlain(collection),
    () => toValue(key),
  )
  const shown = followReadable(host, () => row(toPlain(collection), toValue(key)))
  const scope = getCurrentScope()
  const status = createRowStatus(() => {
    const follow = (): RowStatus => useView(host, source, createRowsView).view
    if (scope === undefined) return follow()
    // A scope that has ended follows nothing any more.
    const live: RowsViewSource<Row, Key>['live'] = (from) => liveRows(from, host)
    return scope.active ? scope.run(follow)! : createRowsView({ ...source, live }).view
  })
  return Object.assign(shown, toRefs(status))
}
