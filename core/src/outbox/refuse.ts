/**
 * What an `upload` may throw beside any error: a refusal, which is final, when to come back, and that it was too large.
 * Known by their codes, and not by their classes, so that a second copy of the library in a bundle is understood.
 */
import type { CrudEntry } from '@powersync/common'
import { isRowsignalError, RowsignalError } from '../errors.ts'

/** Why an operation was refused. */
export interface RefusalOptions {
  /** The backend's own code, for the app to tell refusals apart. */
  readonly code?: string | undefined
  /** Of HTTP. */
  readonly status?: number | undefined
}

/** A refused operation, with a reason of its own if it has one. */
export interface RefusedOperation extends RefusalOptions {
  readonly operation: CrudEntry
  readonly reason?: string | undefined
}

/** Which operations are refused, and why. */
export interface RefuseOptions extends RefusalOptions {
  /**
   * The refused ones of the operations that `upload` was given; the others have been **accepted**, and leave the queue too.
   * Default: all.
   */
  readonly ops?: readonly (CrudEntry | RefusedOperation)[] | undefined
}

/** A refusal, to be thrown. */
export class UploadRefusedError extends RowsignalError {
  readonly reason: string
  readonly options: RefuseOptions

  constructor(reason: string, options: RefuseOptions) {
    super('upload-refused', `outbox: the server refused an upload: ${reason}`)
    this.reason = reason
    this.options = options
  }
}

/** An upload that failed without being judged, to be thrown. */
export class UploadFailedError extends RowsignalError {
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(message: string, { status, afterMs, cause }: RetryLaterOptions = {}) {
    super('upload-failed', `outbox: ${message}`, cause === undefined ? undefined : { cause })
    this.status = status
    this.retryAfterMs = afterMs
  }
}

/** When to try again, and what is known of the failure. */
export interface RetryLaterOptions {
  /** Milliseconds that the server asks to wait at least. Default: what the back-off says. */
  readonly afterMs?: number | undefined
  readonly status?: number | undefined
  readonly cause?: unknown
}

/**
 * Makes the error by which `upload` tells that the server has judged operations and will never take them. Throw it.
 *
 * They leave the queue, so that nothing behind them is blocked, and are kept for the user: `refused(database)`. What may be
 * taken another time (no connection, a server that is down, too many requests) is no refusal: throw anything else.
 *
 * @param reason What the user is told.
 * @example
 * throw refuse('A trip has up to 20 stops.', { code: 'too-many-stops', ops: [operation] })
 */
export function refuse(reason: string, options: RefuseOptions = {}): UploadRefusedError {
  return new UploadRefusedError(reason, options)
}

/** Makes the error by which `upload` tells when to try again, as a server's `Retry-After` does. Throw it. */
export function retryLater(message: string, options?: RetryLaterOptions): UploadFailedError {
  return new UploadFailedError(message, options)
}

/**
 * Makes the error by which `upload` tells that it was given more than gets through (a limit of bytes or of operations). Throw
 * it. Several transactions are sent again in smaller numbers; one that is too large by itself stays in the queue, and the
 * outbox says so (`upload-too-large`).
 */
export function tooLarge(message: string, options?: ErrorOptions): RowsignalError {
  return new RowsignalError('upload-too-large', `outbox: ${message}`, options)
}

export function isRefusal(error: unknown): error is UploadRefusedError {
  return isRowsignalError(error, 'upload-refused') && 'options' in error
}

/** The operations of `sent` that a refusal is of, each with its reason. */
export function refusedOperations(
  { reason, options }: UploadRefusedError,
  sent: readonly CrudEntry[],
): Required<RefusedOperation>[] {
  return (options.ops ?? sent).map((op) => {
    const own: RefusedOperation = 'operation' in op ? op : { operation: op }
    return {
      operation: own.operation,
      reason: own.reason ?? reason,
      code: own.code ?? options.code,
      status: own.status ?? options.status,
    }
  })
}
