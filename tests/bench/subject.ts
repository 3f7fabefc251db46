/** What is measured: ours, the upstream package, and the floor that no library on @tanstack/db can go below. */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type { Place } from './schema.ts'

export interface Subject {
  readonly name: string
  /** Resolves when a collection holds all places and countries. */
  open(database: CommonPowerSyncDatabase): Promise<Opened>
  /** Begins to read the places and waits for nothing. */
  start(database: CommonPowerSyncDatabase): Started
}

export interface Started {
  /** Resolves when SQLite has the row. */
  insert(row: Place): Promise<void>
  /** Resolves when a collection holds places, however few. */
  shown(): Promise<void>
  /** Resolves when a collection holds all places. */
  ready(): Promise<void>
}

export interface Opened {
  readonly size: () => number
  /** Resolves when SQLite has the row and the collection shows it. */
  insert(row: Place): Promise<void>
  /** Resolves when SQLite has the note and the collection shows it. */
  update(id: string, note: string): Promise<void>
  /** The same as `insert` for many rows in one transaction. */
  insertMany(rows: Place[]): Promise<void>
  /** Opens a join of places and countries that shows the place `id`. */
  join(id: string): Promise<void>
  /** Runs a write made outside and resolves when the collection, or the join, shows the note that it sets. */
  outside(write: () => Promise<void>, shown: Shown): Promise<void>
  close(): Promise<void>
}

/** What a write made outside changes. */
export interface Shown {
  readonly ids: readonly string[]
  readonly country?: string
  readonly note: string
}

/** A source of changes and the state that they lead to. */
interface Watched {
  subscribeChanges(
    listener: () => void,
    options?: { includeInitialState: boolean },
  ): { unsubscribe(): void }
}

/** Resolves as soon as a change makes `condition` true. */
export function whenTrue(watched: Watched, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    // Said outright: without it TanStack DB works out what a new subscriber has not seen yet.
    const options = { includeInitialState: false }
    const subscription = watched.subscribeChanges(() => {
      if (!condition()) return
      subscription.unsubscribe()
      resolve()
    }, options)
  })
}

/** A join of places and countries. */
interface Join extends Watched {
  entries(): Iterable<[unknown, JoinedRow]>
  get(key: never): JoinedRow | undefined
}

interface JoinedRow {
  readonly id: string
  readonly note: string | null
  readonly country: string | null
}

/** Finds the joined row of a place, and then tells when it has a note from both sides. */
export function watchJoined(join: Join, id: string): (note: string) => Promise<void> {
  const [key] = [...join.entries()].find(([, row]) => row.id === id)!
  return (note) =>
    whenTrue(join, () => {
      const row = join.get(key as never)
      return row?.note === note && row.country === note
    })
}
