/**
 * The upload queue for people: how much waits, how uploading goes, and whether it holds back what the server sends. The
 * facts of uploading are the connector's of `createConnector`; with any other, what the SDK's status says of what is first
 * in the queue.
 */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import { keeper } from '../readable/keep.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable, type Stop } from '../readable/readable.ts'
import { type Queue, queueOf } from './queue.ts'
import { type UploadState, type Uploads, uploadStateOf } from './upload-state.ts'

/** The operation that waits longest. */
export interface OldestOperation {
  /** Its number in the upload queue. */
  readonly id: number
  /** The name of its table in the schema. */
  readonly table: string
  /** The id of its row. */
  readonly key: string
  readonly operation: string
  /** When this session first saw it in the queue, which for a write of an earlier session is later than it was made. */
  readonly seenAt: Date
}

/** Why nothing that the server sends is shown, but for streams of priority 0. */
export interface DownloadsHeld {
  /** Since when, as far as this session has seen. */
  readonly since: Date
  /**
   * - `upload-failing`: what is first in the queue can't be uploaded; `error` says why;
   * - `queue`: writes wait, or are being uploaded;
   * - `checkpoint`: all is uploaded, and the checkpoint that holds it has not been applied: the service has not made it yet,
   *   or a large download is not complete.
   */
  readonly why: 'upload-failing' | 'queue' | 'checkpoint'
}

/** What `outbox` tells. */
export interface OutboxValue extends UploadState {
  /** Whether the queue has not been read yet, or nobody has followed it since. */
  readonly isLoading: boolean
  /** How many operations wait. An empty queue is not in step: see `downloadsHeld`. */
  readonly operations: number
  /** How many SQLite transactions they are of. */
  readonly transactions: number
  readonly oldest: OldestOperation | undefined
  /** Undefined while every write is acknowledged. */
  readonly downloadsHeld: DownloadsHeld | undefined
}

/** The outbox of a database. */
export interface Outbox extends Readable<OutboxValue> {
  /**
   * Has the connector of `createConnector` try again at once what waits for a retry. Returns whether something did; with
   * another connector never.
   */
  readonly retryNow: () => boolean
}

const noUploads: UploadState = {
  uploading: false,
  attempts: 0,
  error: undefined,
  nextRetryAt: undefined,
}

/**
 * What a status of the SDK says of uploading. Its `uploadError` stays, through reconnects and acknowledgements, until the
 * next write has been uploaded (@powersync/common 2.3.0), so an error counts only for the operation that failed with it.
 */
class SdkUploads {
  #uploading = false
  #failed: { readonly operation: number; attempts: number; error: Error } | undefined

  /** Takes in a status, with the operation that is first in the queue. */
  see(database: CommonPowerSyncDatabase, first: number | undefined): void {
    const { uploading, uploadError } = database.currentStatus
    const hasFailed = this.#uploading && !uploading && uploadError !== undefined
    this.#uploading = uploading
    if (hasFailed && first !== undefined) {
      const before = this.#failed?.operation === first ? this.#failed.attempts : 0
      this.#failed = { operation: first, attempts: before + 1, error: uploadError }
    }
    if (this.#failed?.operation !== first) this.#failed = undefined
  }

  get state(): UploadState {
    const { attempts = 0, error } = this.#failed ?? {}
    return { uploading: this.#uploading, attempts, error, nextRetryAt: undefined }
  }

  forget(): void {
    this.#uploading = false
    this.#failed = undefined
  }
}

const outboxOf = perObject((database: CommonPowerSyncDatabase): Outbox => {
  const queue = queueOf(database)
  const uploads = uploadStateOf(database)
  const sdk = new SdkUploads()
  const keep = keeper(isSame)
  const readable = createReadable({
    get: () => keep(valueOf(queue, uploads.isConnector ? uploads.state.get() : sdk.state)),
    start: (changed) => follow({ database, queue, uploads, sdk }, changed),
  })
  return { ...readable, retryNow: () => uploads.retryNow() }
})

/**
 * The outbox of a database: what waits to be uploaded, and how that goes.
 *
 * Shape: the same object for the same database; the same value until a fact differs.
 * Cost: nothing while nobody listens; then a few numbers and what is new, in one write lock, after each commit that touched the
 * queue.
 * Source: the upload queue of PowerSync core 0.5.3; `currentStatus` of @powersync/common 2.3.0.
 *
 * @example
 * outbox(database).subscribe(({ operations, error }) => show(operations, error?.message))
 */
export function outbox(database: CommonPowerSyncDatabase): Outbox {
  return outboxOf(database)
}

interface Parts {
  readonly database: CommonPowerSyncDatabase
  readonly queue: Queue
  readonly uploads: Uploads
  readonly sdk: SdkUploads
}

function follow({ database, queue, uploads, sdk }: Parts, changed: () => void): Stop {
  const look = (): void => {
    sdk.see(database, queue.rows.oldest?.id)
    changed()
  }
  const stops = [
    queue.use(),
    queue.listen(look),
    uploads.state.listen(changed),
    database.registerListener({ statusChanged: look }),
  ]
  sdk.see(database, queue.rows.oldest?.id)
  return () => {
    for (const stop of stops) stop()
    sdk.forget()
  }
}

function valueOf(queue: Queue, uploading: UploadState): OutboxValue {
  const { state, rows, error } = queue
  if (state === undefined) {
    const facts = { ...noUploads, ...(error === undefined ? {} : { error }) }
    return { ...facts, isLoading: true, ...nothingWaits }
  }
  const operations = rows.operations.size
  const { oldest } = rows
  // An error is of what waits: once the queue is empty it is over, whoever told it.
  const failing = operations === 0 ? noUploads : uploading
  return {
    ...failing,
    uploading: uploading.uploading,
    error: error ?? failing.error,
    isLoading: false,
    operations,
    transactions: rows.transactions,
    oldest: oldest && {
      id: oldest.id,
      table: oldest.table,
      key: oldest.key,
      operation: oldest.op,
      seenAt: new Date(oldest.seenMs),
    },
    downloadsHeld: queue.heldSince && {
      since: queue.heldSince,
      why: failing.error !== undefined ? 'upload-failing' : operations > 0 ? 'queue' : 'checkpoint',
    },
  }
}

const nothingWaits = {
  operations: 0,
  transactions: 0,
  oldest: undefined,
  downloadsHeld: undefined,
} as const

function isSame(left: OutboxValue, right: OutboxValue): boolean {
  return (
    left.isLoading === right.isLoading &&
    left.operations === right.operations &&
    left.transactions === right.transactions &&
    left.oldest?.id === right.oldest?.id &&
    left.uploading === right.uploading &&
    left.attempts === right.attempts &&
    left.error === right.error &&
    left.nextRetryAt?.getTime() === right.nextRetryAt?.getTime() &&
    left.downloadsHeld?.since === right.downloadsHeld?.since &&
    left.downloadsHeld?.why === right.downloadsHeld?.why
  )
}
