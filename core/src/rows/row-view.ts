/** One row by its key, with why there is none, as `useRow` of each binding hands it out in its own shape. */
import { type Followable, type Host, TrackedReadable } from '../readable/framework.ts'
import { remaker } from '../readable/keep.ts'
import type { Stop } from '../readable/readable.ts'
import { type LiveRows, liveRows } from './live-rows.ts'
import type { RowCollection, RowKey } from './row-collection.ts'
import { createStatus, type RowStatus } from './row-status.ts'
import { row } from './rows.ts'
import { withSeeds } from './seeds.ts'

/** A row and its status. */
export interface RowView<Row extends object> {
  /** The collection's own plain row, undefined while the collection does not hold it. Tracked. */
  readonly row: () => Readonly<Row> | undefined
  readonly status: RowStatus
}

/** A row, told by itself, and the rows of its collection, which tell the status. */
class FollowedRow<Row extends object, Key extends RowKey> implements Followable {
  readonly rows: LiveRows<Row, Key>
  readonly row: TrackedReadable<Row | undefined, unknown>

  constructor(rows: LiveRows<Row, Key>, key: Key, host: Host<unknown>) {
    this.rows = rows
    this.row = new TrackedReadable(row(rows.collection, key), host)
  }

  readonly acquire = (): Stop => {
    const stops = [this.rows.acquire(), this.row.acquire()]
    return () => stops.forEach((stop) => stop())
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
  const followed = host.follow(kept)
  return {
    row: () => followed()?.row.get(),
    status: createStatus({ rows: () => followed()?.rows }),
  }
}
