/** What `useRow` of each binding asks and tells beside the row: why there is none, if there is none. */
import type { RowCollection, RowKey } from './keyed-rows.ts'
import { createRowsView, type Followed, type RowsView, type RowsViewSource } from './rows-view.ts'
import { type AskedSource, createAskedSource } from './shown-rows.ts'

const told = [
  'status',
  'isIdle',
  'isLoading',
  'isReady',
  'isError',
  'isCleanedUp',
  'error',
  'retry',
] as const

/**
 * How it is with the collection of a row, in the framework's own shape: a row that is not there is not read yet while
 * `isLoading`, and not in the collection when `isReady`. `disabled` without a key.
 */
export type RowStatus = Pick<RowsView<object, RowKey>, (typeof told)[number]>

/** Asks for the collection of a row, or for nothing without a key. */
export function createRowSource<Row extends object, Key extends RowKey>(
  collection: () => RowCollection<Row, Key>,
  key: () => Key | null | undefined,
): AskedSource<Row, Key> {
  return createAskedSource(() => ((key() ?? undefined) === undefined ? undefined : collection()))
}

export interface RowStatusHandle<Row extends object, Key extends RowKey> extends Followed<
  Row,
  Key
> {
  readonly view: RowStatus
  /** The collection that is followed. Tracked. */
  readonly shown: () => RowCollection<Row, Key> | undefined
}

/** The status of a row that a binding turns into refs or getters. */
export function createRowStatus<Row extends object, Key extends RowKey>(
  source: RowsViewSource<Row, Key>,
): RowStatusHandle<Row, Key> {
  const { view: rows, ...handle } = createRowsView(source)
  const properties = told.map((name) => [name, Object.getOwnPropertyDescriptor(rows, name)])
  const view = Object.defineProperties({} as RowStatus, Object.fromEntries(properties))
  return { ...handle, view }
}
