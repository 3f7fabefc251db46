/**
 * Why a collection is in error, and how it starts again, whoever made it. The error is what its sync reported (of ours
 * their `utils.error`), of a live query that of the collections that it reads.
 */
import { attempt, isRowsignalError, reportToPlatform, RowsignalError } from '../errors.ts'
import { type AnyCollection, syncErrorOf } from '../libraries/tanstack.ts'

/** The collections that a live query of ours reads. */
const readBy = new WeakMap<object, readonly AnyCollection[]>()
/** One error object for each failure, however often it is asked for. */
const reported = new WeakMap<object, RowsignalError>()

/** Says what a live query reads, so that its error and its retry are theirs. */
export function setRead(liveQuery: object, collections: readonly AnyCollection[]): void {
  readBy.set(liveQuery, collections)
}

/** What a live query of ours reads; undefined for any other collection. */
export function readOf(collection: object): readonly AnyCollection[] | undefined {
  return readBy.get(collection)
}

/** Why the collection does not follow what it shows; undefined while it does. */
export function errorOf(collection: AnyCollection): RowsignalError | undefined {
  for (const below of readBy.get(collection) ?? []) {
    const error = errorOf(below)
    if (error !== undefined) return error
  }
  return collection.status === 'error' ? reportedError(collection) : undefined
}

function reportedError(collection: AnyCollection): RowsignalError {
  const cause = syncErrorOf(collection)
  if (isRowsignalError(cause)) return cause
  let error = reported.get(collection)
  if (error === undefined || error.cause !== cause) {
    error = new RowsignalError(
      'collection-failed',
      `rows: collection \`${collection.id}\` is in error. What its sync reported is the cause; retry() starts it again.`,
      { cause },
    )
    reported.set(collection, error)
  }
  return error
}

/** Has a collection in error try again: what it reads first, then itself. */
export function retryCollection(collection: AnyCollection): void {
  const reads = readBy.get(collection)
  const { retry } = collection.utils as { retry?: unknown }
  if (reads !== undefined) {
    for (const below of reads) if (below.status === 'error') retryCollection(below)
    // One that recovers takes its live queries along, with the rows that they show; a restart empties them.
    if (collection.status !== 'error' || reads.some(({ status }) => status === 'error')) return
    restart(collection)
  } else if (typeof retry === 'function') {
    retry.call(collection.utils)
  } else {
    restart(collection)
  }
}

/** Those that are still in error, and are about to start again. */
const restarting = new WeakSet<AnyCollection>()

/** Whether a collection that is in error is on its way out of it. */
export function isTryingAgain(collection: AnyCollection): boolean {
  const reads = readBy.get(collection) ?? []
  return (
    restarting.has(collection) ||
    reads.some((below) => below.status === 'loading' || isTryingAgain(below))
  )
}

function restart(collection: AnyCollection): void {
  restarting.add(collection)
  void collection
    .cleanup()
    .catch(reportToPlatform)
    .then(() => {
      restarting.delete(collection)
      attempt(() => collection.startSyncImmediate())
    })
}
