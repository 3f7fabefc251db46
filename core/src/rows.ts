/**
 * The rows of a collection as a caller takes them: the readables `rows` and `row`, plain and framework-free, and the
 * view of live rows that `useRows` of each binding hands out in its own shape.
 */
import type { CollectionStatus } from '@tanstack/db'
import { keepIfSame, keyedRows, type RowCollection, type RowKey } from './keyed-rows.ts'
import type { LiveRows } from './live-row.ts'
import { createReadable, type Readable } from './readable.ts'

const known = new WeakMap<object, unknown>()

/**
 * The rows of a collection, in its order, as a readable.
 *
 * For code outside a framework, and for what wants plain objects; a list in a template is better served by `useRows`,
 * which runs only the changed rows again.
 *
 * Shape: an immutable array of the collection's own rows; the same array until one of them changes, the same readable
 * for the same collection. Cost: O(rows) for the first read after a commit.
 */
export function rows<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
): Readable<readonly Row[]> {
  let readable = known.get(collection) as Readable<readonly Row[]> | undefined
  if (readable === undefined) {
    const keyed = keyedRows(collection)
    readable = createReadable({
      get: () => keyed.rows(),
      start: (changed) => keyed.listen(changed),
    })
    known.set(collection, readable)
  }
  return readable
}

/**
 * One row of a collection as a readable, undefined while the collection does not hold it.
 *
 * Shape: the collection's own object, the same until the row changes. Cost: nothing for commits of other rows; any
 * number of watched rows share one subscription.
 */
export function row<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
  key: Key,
): Readable<Row | undefined> {
  const keyed = keyedRows(collection)
  return createReadable({
    get: () => collection.get(key),
    start: (changed) => keyed.listenRow(key, changed),
  })
}

/** Which part of the rows a list shows, for virtual scrolling: only these get live rows. */
export interface RowsWindow {
  /** Rows. Default: all. */
  limit?: number | undefined
  /** Rows to leave out at the start. Default: 0. */
  offset?: number | undefined
}

/** What `useRows` gives, in the framework's own shape. Each property is tracked by itself. */
export interface RowsView<Row extends object, Key extends RowKey> {
  /** Live rows: the same array until rows come, go or move, the same objects while the rows live. */
  readonly rows: readonly Readonly<Row>[]
  /** The same rows as plain objects: a new array whenever one of them changes. Made only if read. */
  readonly data: readonly Row[]
  readonly keys: readonly Key[]
  /** How many rows the collection holds, also outside the window. */
  readonly size: number
  /** The collection's status, or `disabled` when no collection was given. */
  readonly status: CollectionStatus | 'disabled'
  readonly isIdle: boolean
  readonly isLoading: boolean
  readonly isReady: boolean
  readonly isError: boolean
  readonly isCleanedUp: boolean
}

/** Where a view takes its rows from; both are asked at each read, so that the framework tracks them. */
export interface RowsViewSource<Row extends object, Key extends RowKey> {
  /** Undefined: the view is disabled and empty. */
  live(): LiveRows<Row, Key> | undefined
  window(): RowsWindow | undefined
}

/** The view of live rows that a binding turns into refs, accessors or getters. */
export function createRowsView<Row extends object, Key extends RowKey>(
  source: RowsViewSource<Row, Key>,
): RowsView<Row, Key> {
  let lastLive: LiveRows<Row, Key> | undefined
  let keys: readonly Key[] = []
  let rows: readonly Readonly<Row>[] = []
  let data: readonly Row[] = []

  const readKeys = (live: LiveRows<Row, Key> | undefined): readonly Key[] => {
    const next = live === undefined ? [] : cut(live.keys(), source.window())
    const kept = keepIfSame(keys, next)
    // Equal keys of another collection are other rows.
    if (kept === keys && live === lastLive) return keys
    lastLive = live
    rows = live === undefined ? [] : kept.map((key) => live.row(key))
    return (keys = kept)
  }

  const readData = (): readonly Row[] => {
    const live = source.live()
    const window = source.window()
    if (live === undefined) return (data = keepIfSame(data, []))
    if (isWhole(window)) return (data = live.data())
    const next = readKeys(live).map((key) => live.plain(key))
    return (data = keepIfSame(
      data,
      next.filter((row) => row !== undefined),
    ))
  }

  const status = (): CollectionStatus | 'disabled' => source.live()?.status() ?? 'disabled'

  return {
    get rows() {
      readKeys(source.live())
      return rows
    },
    get data() {
      return readData()
    },
    get keys() {
      return readKeys(source.live())
    },
    get size() {
      return source.live()?.keys().length ?? 0
    },
    get status() {
      return status()
    },
    get isIdle() {
      return status() === 'idle'
    },
    get isLoading() {
      return status() === 'loading'
    },
    get isReady() {
      return status() === 'ready'
    },
    get isError() {
      return status() === 'error'
    },
    get isCleanedUp() {
      return status() === 'cleaned-up'
    },
  }
}

function isWhole(window: RowsWindow | undefined): boolean {
  return window === undefined || (window.limit === undefined && !window.offset)
}

function cut<Key>(keys: readonly Key[], window: RowsWindow | undefined): readonly Key[] {
  if (isWhole(window)) return keys
  const offset = window?.offset ?? 0
  return keys.slice(offset, window?.limit === undefined ? undefined : offset + window.limit)
}
