/** One row by its key, with why there is none, as `useRow` of each binding hands it out in its own shape. */
import type { Followable, Host } from '../readable/framework.ts'
import { remaker } from '../readable/keep.ts'
import type { Stop } from '../readable/readable.ts'
import { Asking, withAsking } from './arrival.ts'
import { keyedRows } from './keyed-rows.ts'
import { type LiveRows, liveRows } from './live-rows.ts'
import type { RowCollection, RowKey } from './row-collection.ts'
import { createStatus, type RowStatus } from './row-status.ts'
import { withSeeds } from './seeds.ts'

/** A row and its status. */
export interface RowView<Row extends object> {
  /** The collection's own plain row, undefined while the collection does not hold it. Tracked. */
  readonly row: () => Readonly<Row> | undefined
  /** Made when it is first read. */
  readonly status: RowStatus
}

/** A row, told by itself, and the rows of its collection, which tell the status. A page may have thousands: no closure more. */
class FollowedRow<Row extends object, Key extends RowKey> implements Followable {
  readonly rows: LiveRows<Row, Key>
  readonly #key: Key
  readonly #host: Host<unknown>
  readonly #cell: unknown
  /** What its readers were told. */
  #told: Row | undefined

  constructor(rows: LiveRows<Row, Key>, key: Key, host: Host<unknown>) {
    this.rows = rows
    this.#key = key
    this.#host = host
    this.#cell = host.cell()
  }

  get(): Row | undefined {
    return this.#host.track(this.#cell, this.#now())
  }

  readonly acquire = (): Stop => {
    const leave = this.rows.acquire()
    this.#told = this.#now()
    const stop = keyedRows(this.rows.collection).listenRow(this.#key, () => this.#tell())
    return () => {
      stop()
      leave()
    }
  }

  #now(): Row | undefined {
    return this.rows.collection.get(this.#key)
  }

  #tell(): void {
    const now = this.#now()
    if (now === this.#told) return
    this.#told = now
    this.#host.trigger(this.#cell)
  }
}

/** The row that a binding turns into a ref, an accessor or getters. */
export function createRowView<Row extends object, Key extends RowKey>(
  host: Host<unknown>,
  collection: () => RowCollection<Row, Key>,
  key: () => Key | null | undefined,
): RowView<Row> {
  const seeds = host.seeds()
  const remake = remaker<FollowedRow<Row, Key>>()
  const kept = host.keep(() => {
    const now = key()
    if (now === null || now === undefined) return undefined
    const rows = liveRows(withSeeds(collection(), seeds, now), host)
    return remake([rows, now], () => new FollowedRow(rows, now, host))
  })
  const asked: Asking = new Asking(host, () => ({ rows: followed()?.rows, error: undefined }))
  const followed = host.follow(kept, asked)
  let status: RowStatus | undefined
  return {
    row: withAsking(() => followed()?.get(), asked),
    get status() {
      return (status ??= createStatus({ rows: () => followed()?.rows }))
    },
  }
}
