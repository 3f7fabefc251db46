/**
 * Every error of the library: one class, one closed list of codes, each a heading of docs/errors.md.
 *
 * A message says the room, what happened with names and values, and what to do. It never holds row contents
 * (they may be private), only tables, keys and columns.
 */

/** What went wrong, stable across versions; match on it instead of on the message. */
export type RowsignalErrorCode =
  | 'capture-failed'
  | 'cleared'
  | 'collection-failed'
  | 'column-not-in-schema'
  | 'column-type-mismatch'
  | 'database-closed'
  | 'database-lost'
  | 'draft-invalid'
  | 'limit-not-pushed'
  | 'load-hook-failed'
  | 'lock-waiting'
  | 'metadata-not-tracked'
  | 'mixed-databases'
  | 'no-handler'
  | 'no-provider'
  | 'no-row'
  | 'not-a-powersync-collection'
  | 'open-waiting'
  | 'options-conflict'
  | 'query-failed'
  | 'refused-table-missing'
  | 'row-not-loaded'
  | 'row-read-only'
  | 'server-database'
  | 'storage-full'
  | 'storage-held'
  | 'storage-removed'
  | 'table-not-in-schema'
  | 'table-unsupported'
  | 'transact-asynchronous'
  | 'two-copies-of-tanstack-db'
  | 'unsupported-powersync'
  | 'unsupported-tanstack-db'
  | 'upload-failed'
  | 'upload-refused'
  | 'upload-too-large'
  | 'value-unsupported'
  | 'writes-pending'

const brand = Symbol.for('rowsignal.error')

/**
 * The error that every function of the library throws, rejects with or puts into a status.
 *
 * Shape: `code` from a closed list; `message` says what happened and what to do; `cause` when something else failed first.
 */
export class RowsignalError extends Error {
  override readonly name = 'RowsignalError'
  readonly code: RowsignalErrorCode

  constructor(code: RowsignalErrorCode, message: string, options?: ErrorOptions) {
    super(`[rowsignal] ${message} (${code})`, options)
    this.code = code
    Object.defineProperty(this, brand, { value: true })
  }
}

/**
 * Whether `error` is one of the library's, and of this `code` if one is given.
 *
 * Use it instead of `instanceof`: it also answers right when a bundle holds two copies of the library.
 */
export function isRowsignalError(
  error: unknown,
  code?: RowsignalErrorCode,
): error is RowsignalError {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false
  return code === undefined || (error as Partial<RowsignalError>).code === code
}

/**
 * Hands an error to the platform's own handler (`window.onerror`, `uncaughtException`), for errors of user code that
 * was called from where nobody could catch them: a listener, a subscriber.
 */
export function reportToPlatform(error: unknown): void {
  if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
  else
    queueMicrotask(() => {
      throw error
    })
}

/** Runs user code that must not stop its neighbours; what it throws goes to the platform. */
export function attempt(run: () => void): void {
  try {
    run()
  } catch (error) {
    reportToPlatform(error)
  }
}
