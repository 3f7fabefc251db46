/**
 * What the connector of `createConnector` tells of its uploads, and how it is asked to try again: one object a database.
 * Until such a connector has told something, `isConnector` is false and the outbox goes by what the SDK says.
 */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable, type Stop } from '../readable/readable.ts'

/** How uploading goes. */
export interface UploadState {
  /** Whether a request is under way. */
  readonly uploading: boolean
  /** How often what is first in the queue has failed, since it last got on: 0 while nothing fails. */
  readonly attempts: number
  /** Why the last of them failed. Gone as soon as the queue gets on. */
  readonly error: Error | undefined
  /** When it is tried next; undefined while nothing waits for a retry. */
  readonly nextRetryAt: Date | undefined
}

const resting: UploadState = {
  uploading: false,
  attempts: 0,
  error: undefined,
  nextRetryAt: undefined,
}

/** The uploads of a database. */
export class Uploads {
  readonly #changed = new Set<() => void>()
  #value = resting
  #retry: Stop | undefined
  #isConnector = false

  /** Frozen facts; the same value until one of them differs. */
  readonly state: Readable<UploadState> = createReadable({
    get: () => this.#value,
    start: (changed) => {
      this.#changed.add(changed)
      return () => this.#changed.delete(changed)
    },
  })

  /** Whether a connector of ours uploads this database. */
  get isConnector(): boolean {
    return this.#isConnector
  }

  /** Of the connector: what is different now. `undefined` clears a fact. */
  set(facts: Partial<UploadState>): void {
    this.#isConnector = true
    const next = { ...this.#value, ...facts }
    if (isSame(this.#value, next)) return
    this.#value = next
    for (const changed of this.#changed) changed()
  }

  /** Of the connector: nothing is tried, and nothing has failed. */
  rest(): void {
    this.set(resting)
  }

  /** Of the connector, while it waits for a retry: how to end that wait. Returns how to take it back. */
  onRetryNow(retry: () => void): Stop {
    this.#retry = retry
    return () => {
      if (this.#retry === retry) this.#retry = undefined
    }
  }

  /** Ends the wait for a retry, if there is one, and says whether there was. */
  retryNow(): boolean {
    const retry = this.#retry
    this.#retry = undefined
    retry?.()
    return retry !== undefined
  }
}

function isSame(left: UploadState, right: UploadState): boolean {
  return (
    left.uploading === right.uploading &&
    left.attempts === right.attempts &&
    left.error === right.error &&
    left.nextRetryAt?.getTime() === right.nextRetryAt?.getTime()
  )
}

/** The same object for the same database. */
export const uploadStateOf: (database: CommonPowerSyncDatabase) => Uploads = perObject(
  (_database: CommonPowerSyncDatabase) => new Uploads(),
)
