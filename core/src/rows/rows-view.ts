/** The view of live rows that `useRows` and `useLiveQuery` of each binding hand out in their own shape. */
import type { Host } from '../readable/framework.ts'
import { withGetters } from '../readable/getters.ts'
import { withAsking } from './arrival.ts'
import type { RowCollection, RowKey } from './row-collection.ts'
import { createStatus, type RowStatus } from './row-status.ts'
import { RowsPart, type RowsWindow } from './rows-window.ts'
import { sourceOf } from './seeds.ts'
import { type Asked, followShown, type Shown } from './shown-collection.ts'

/** What `useRows` gives, in the framework's own shape. Each property is tracked by itself; arrays are frozen. */
export interface RowsView<Row extends object, Key extends RowKey> extends RowStatus {
  /** Live rows: the same array until rows come, go or move, the same objects while the rows live. */
  readonly rows: readonly Readonly<Row>[]
  /** The same rows as plain objects: a new array whenever one of them changes or moves. Made only if read. */
  readonly data: readonly Row[]
  readonly keys: readonly Key[]
  /** How many rows the collection holds, also outside the window. */
  readonly size: number
  /** Whether the rows are those of the collection asked for before, until this one has its own. */
  readonly isPlaceholderData: boolean
}

/** What a view is made of, beside its host. All but `retry` are called when they are needed, and tracked. */
export interface RowsViewOptions<Row extends object, Key extends RowKey> {
  readonly ask: () => Asked<Row, Key>
  /** Asks again, after an error without a collection. */
  readonly retry?: () => void
  readonly window: (shown: RowCollection<Row, Key>) => RowsWindow | undefined
}

/** The view of what is asked for. */
export function createView<Row extends object, Key extends RowKey>(
  host: Host<unknown>,
  { ask, retry, window }: RowsViewOptions<Row, Key>,
): { view: RowsView<Row, Key> } & Shown<Row, Key> {
  const shown = followShown(host, ask)
  const { asked, askedRows, shownRows } = shown
  const part = new RowsPart<Row, Key>(shownRows, (collection) => window(sourceOf(collection)))
  const own = {
    get rows() {
      return part.rows()
    },
    get data() {
      return part.data()
    },
    get keys() {
      return part.keys()
    },
    get size() {
      return part.size()
    },
    get isPlaceholderData() {
      const shown = shownRows()?.collection
      return (shown && sourceOf(shown)) !== asked().collection
    },
  }
  const status = createStatus({ rows: askedRows, error: () => asked().error, retry })
  return { view: withAsking(withGetters(own, status), shown.asking), ...shown }
}

/** The view of a collection's rows that a binding turns into refs, accessors or getters. */
export function createRowsView<Row extends object, Key extends RowKey>(
  host: Host<unknown>,
  collection: () => RowCollection<Row, Key> | null | undefined,
  window: () => RowsWindow | undefined,
): RowsView<Row, Key> {
  return createView(host, { ask: () => ({ collection: collection() ?? undefined }), window }).view
}
