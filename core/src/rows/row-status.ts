/** What `useRow` of each binding asks and tells beside the row: why there is none, if there is none. */

import { type RowCollection, type RowKey } from './row-collection.ts'
import type { RowsView } from './rows-view.ts'
import { type AskedSource, createAskedSource } from './shown-collection.ts'

/**
 * How it is with the collection of a row, in the framework's own shape: a row that is not there is not read yet while
 * `isLoading`, and not in the collection when `isReady`. `disabled` without a key.
 */
export type RowStatus = Pick<
  RowsView<object, RowKey>,
  'status' | 'isIdle' | 'isLoading' | 'isReady' | 'isError' | 'isCleanedUp' | 'error' | 'retry'
>

/** Asks for the collection of a row, or for nothing without a key. */
export function createRowSource<Row extends object, Key extends RowKey>(
  collection: () => RowCollection<Row, Key>,
  key: () => Key | null | undefined,
): AskedSource<Row, Key> {
  return createAskedSource(() => ((key() ?? undefined) === undefined ? undefined : collection()))
}

/**
 * The status of a row that a binding turns into refs or getters.
 *
 * @param make Makes the view that tells it, when it is first asked: with one for each of 100 rows their mount took three
 * to six times as long (10,000 rows, Chromium 156, tests/bench/bindings), and most are never asked.
 */
export function createRowStatus(make: () => RowStatus): RowStatus {
  let made: RowStatus | undefined
  const view = (): RowStatus => (made ??= make())
  return {
    get status() {
      return view().status
    },
    get isIdle() {
      return view().isIdle
    },
    get isLoading() {
      return view().isLoading
    },
    get isReady() {
      return view().isReady
    },
    get isError() {
      return view().isError
    },
    get isCleanedUp() {
      return view().isCleanedUp
    },
    get error() {
      return view().error
    },
    retry: () => view().retry(),
  }
}
