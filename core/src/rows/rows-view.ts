/** The view of live rows that `useRows` and `useLiveQuery` of each binding hand out in their own shape. */
import { RowsPart, type RowsWindow } from './rows-window.ts'
import { type RowCollection, type RowKey } from './row-collection.ts'
import type { CollectionStatus } from '@tanstack/db'
import type { RowsignalError } from '../errors.ts'

import type { LiveRows } from './live-rows.ts'
import { errorOf, retryCollection } from './recovery.ts'
import { type Asked, type AskedSource, ShownCollection } from './shown-collection.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'

/** What `useRows` gives, in the framework's own shape. Each property is tracked by itself; arrays are frozen. */
export interface RowsView<Row extends object, Key extends RowKey> {
  /** Live rows: the same array until rows come, go or move, the same objects while the rows live. */
  readonly rows: readonly Readonly<Row>[]
  /** The same rows as plain objects: a new array whenever one of them changes or moves. Made only if read. */
  readonly data: readonly Row[]
  readonly keys: readonly Key[]
  /** How many rows the collection holds, also outside the window. */
  readonly size: number
  /** The status of the collection that is asked for, or `disabled` when none is. */
  readonly status: CollectionStatus | 'disabled'
  readonly isIdle: boolean
  readonly isLoading: boolean
  /** Whether there is nothing to wait for: `ready` or `disabled`. */
  readonly isReady: boolean
  readonly isError: boolean
  readonly isCleanedUp: boolean
  /** Whether the rows are those of the collection asked for before, until this one has its own. */
  readonly isPlaceholderData: boolean
  /** Why the status is `error`: of a live query that of the collection it reads. */
  readonly error: RowsignalError | undefined
  /** Has what failed try again. */
  readonly retry: () => void
}

/** Where a view takes its rows from; all but `retry` are called at each read, so that the framework tracks them. */
export interface RowsViewSource<Row extends object, Key extends RowKey> extends AskedSource<
  Row,
  Key
> {
  readonly live: (collection: RowCollection<Row, Key>) => LiveRows<Row, Key>
  readonly window?: () => RowsWindow | undefined
}

/** What subscribes a view. A binding whose reads subscribe by themselves does without it. */
export interface Followed<Row extends object, Key extends RowKey> {
  /** Subscribes to what is asked for; called, untracked, whenever that differs. */
  readonly follow: (asked: Asked<Row, Key>) => void
  readonly stop: () => void
}

export interface RowsViewHandle<Row extends object, Key extends RowKey> extends Followed<Row, Key> {
  readonly view: RowsView<Row, Key>
  /** The collection whose rows the view shows. Tracked. */
  readonly shown: () => RowCollection<Row, Key> | undefined
}

/** The view of live rows that a binding turns into refs, accessors or getters. */
export function createRowsView<Row extends object, Key extends RowKey>(
  source: RowsViewSource<Row, Key>,
): RowsViewHandle<Row, Key> {
  const following = new ShownCollection<Row, Key>((collection) => source.live(collection))
  const shown = (): RowCollection<Row, Key> | undefined => following.get(source.asked())
  const part = new RowsPart<Row, Key>(
    () => {
      const collection = shown()
      return collection && source.live(collection)
    },
    () => source.window?.(),
  )

  const status = (): CollectionStatus | 'disabled' => {
    const { collection, status } = source.asked()
    if (status !== undefined) return status
    return collection === undefined ? 'disabled' : source.live(collection).status()
  }

  const view: RowsView<Row, Key> = {
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
      return status() === 'ready' || status() === 'disabled'
    },
    get isError() {
      return status() === 'error'
    },
    get isCleanedUp() {
      return status() === 'cleaned-up'
    },
    get isPlaceholderData() {
      return shown() !== source.asked().collection
    },
    get error() {
      const { collection, error } = source.asked()
      status() // an error comes and goes with it
      return collection === undefined ? error : errorOf(collection as unknown as AnyCollection)
    },
    retry() {
      const { collection } = source.asked()
      if (collection === undefined) source.retry()
      else retryCollection(collection as unknown as AnyCollection)
    },
  }
  return {
    view,
    shown,
    follow: (asked) => following.follow(asked),
    stop: () => following.stop(),
  }
}
