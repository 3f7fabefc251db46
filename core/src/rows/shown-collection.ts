/**
 * Which collection a view shows while another one is asked for: the old one until the new one has its rows, so that a
 * changed filter does not empty the page. The last one asked for wins, whatever becomes ready in between.
 */
import { type RowCollection, type RowKey } from './row-collection.ts'
import type { RowsignalError } from '../errors.ts'

import type { LiveRows } from './live-rows.ts'
import type { Stop } from '../readable/readable.ts'

/** What a view is asked to show. */
export interface Asked<Row extends object, Key extends RowKey> {
  readonly collection?: RowCollection<Row, Key> | undefined
  /** Stands for the status of the collection. Default: its own, `disabled` without one. */
  readonly status?: 'error'
  /** Why there is no collection, when that is an error. */
  readonly error?: RowsignalError
}

/** Where a view learns what to show. */
export interface AskedSource<Row extends object, Key extends RowKey> {
  /** Tracked, and to be kept until something that it read changes. The same object while it says the same. */
  readonly asked: () => Asked<Row, Key>
  /** Asks again, after an error without a collection. */
  readonly retry: () => void
}

/** Asks for the collection that an argument of a user gives, or for nothing. */
export function createAskedSource<Row extends object, Key extends RowKey>(
  read: () => RowCollection<Row, Key> | null | undefined,
): AskedSource<Row, Key> {
  let last: Asked<Row, Key> = {}
  return {
    asked: () => (last = keepIfSameAsked(last, { collection: read() ?? undefined })),
    retry: () => {},
  }
}

/** `next`, or `last` if it says the same. */
export function keepIfSameAsked<Row extends object, Key extends RowKey>(
  last: Asked<Row, Key>,
  next: Asked<Row, Key>,
): Asked<Row, Key> {
  const isSame =
    last.collection === next.collection && last.status === next.status && last.error === next.error
  return isSame ? last : next
}

export class ShownCollection<Row extends object, Key extends RowKey> {
  readonly #live: (collection: RowCollection<Row, Key>) => LiveRows<Row, Key>
  readonly #held = new Map<RowCollection<Row, Key>, Stop>()
  #followed: RowCollection<Row, Key> | undefined
  #shown: RowCollection<Row, Key> | undefined

  constructor(live: (collection: RowCollection<Row, Key>) => LiveRows<Row, Key>) {
    this.#live = live
  }

  /** The collection whose rows are shown while `asked` is asked for. Tracked. */
  get({ collection }: Asked<Row, Key>): RowCollection<Row, Key> | undefined {
    if (collection === this.#shown) return collection
    const isShown =
      collection === undefined ||
      this.#shown === undefined ||
      isSettled(this.#live(collection).status())
    if (!isShown) return this.#shown
    this.#shown = collection
    this.#releaseOthers()
    return collection
  }

  /** Subscribes to what is asked for, and as long as it is shown to what was before; untracked. */
  follow({ collection }: Asked<Row, Key>): void {
    this.#followed = collection
    if (collection !== undefined && !this.#held.has(collection)) {
      this.#held.set(collection, this.#live(collection).acquire())
    }
    this.#releaseOthers()
  }

  stop(): void {
    this.#followed = this.#shown = undefined
    this.#releaseOthers()
  }

  #releaseOthers(): void {
    for (const [collection, stop] of this.#held) {
      if (collection === this.#followed || collection === this.#shown) continue
      this.#held.delete(collection)
      stop()
    }
  }
}

/** Whether a collection has what it will show for now; a cleaned-up one starts again when it is followed. */
function isSettled(status: string): boolean {
  return status === 'ready' || status === 'error'
}
