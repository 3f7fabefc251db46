/** How it is with the collection whose rows are shown. */
import type { CollectionStatus } from '@tanstack/db'
import type { RowsignalError } from '../errors.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'
import { type LazyPart, lazyPart } from '../readable/getters.ts'
import type { LiveRows } from './live-rows.ts'
import { errorOf, retryCollection } from './recovery.ts'
import type { RowCollection, RowKey } from './row-collection.ts'
import { sourceOf } from './seeds.ts'

/**
 * How it is with the collection of rows, in the framework's own shape. Of one row it tells why there is none: it is not
 * read yet while `isLoading`, and not in the collection when `isReady`; `disabled` without a key.
 */
export interface RowStatus {
  /** The status of the collection that is asked for, or `disabled` when none is. */
  readonly status: CollectionStatus | 'disabled'
  readonly isIdle: boolean
  readonly isLoading: boolean
  /** Whether there is nothing to wait for: `ready` or `disabled`. */
  readonly isReady: boolean
  readonly isError: boolean
  readonly isCleanedUp: boolean
  /**
   * Whether the rows are a seed: those of the server's page or of the last visit, until the collection has its own. The status
   * is `loading` meanwhile.
   */
  readonly isSeed: boolean
  /** Why the status is `error`: of a live query that of the collection it reads. */
  readonly error: RowsignalError | undefined
  /** Has what failed try again. */
  readonly retry: () => void
}

/** Where a status comes from; called at each read, so that the framework tracks it. */
interface StatusOptions {
  /** The rows of the collection that is asked for, if one is. */
  readonly rows: () =>
    | Pick<LiveRows<object, RowKey>, 'collection' | 'status' | 'isSeed'>
    | undefined
  /** Why there is no collection, when that is an error. */
  readonly error?: () => RowsignalError | undefined
  /** Asks again, after an error without a collection. */
  readonly retry?: (() => void) | undefined
}

/** The part of a view that tells its status. Each property is tracked by itself. */
export function createStatus({ rows, error, retry }: StatusOptions): RowStatus {
  const status = (): CollectionStatus | 'disabled' =>
    rows()?.status() ?? (error?.() === undefined ? 'disabled' : 'error')
  return {
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
    get isSeed() {
      return rows()?.isSeed() ?? false
    },
    get error() {
      const asked = rows()
      if (asked === undefined) return error?.()
      asked.status() // an error comes and goes with it
      return errorOf(collectionOf(asked))
    },
    retry() {
      const asked = rows()
      if (asked === undefined) retry?.()
      else retryCollection(collectionOf(asked))
    },
  }
}

/** Gives what stands for one row its status, which few of them are asked for. */
export const withStatus: LazyPart<keyof RowStatus> = lazyPart([
  'status',
  'isIdle',
  'isLoading',
  'isReady',
  'isError',
  'isCleanedUp',
  'isSeed',
  'error',
  'retry',
])

function collectionOf({
  collection,
}: {
  collection: RowCollection<object, RowKey>
}): AnyCollection {
  return sourceOf(collection) as unknown as AnyCollection
}
