/**
 * How far the writes of each row are, by collection: what SQLite's queue says, what only memory has, and what was refused,
 * put together. One reading a database, one subscription a collection, and one entry for each row that has a state.
 */
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type { Transaction } from '@tanstack/db'
import {
  type AnyCollection,
  assertSupportedCollection,
  onSettled,
  openTransactions,
} from '../libraries/tanstack.ts'
import { perObject } from '../readable/per-object.ts'
import { batch, createReadable, type Readable, type Stop } from '../readable/readable.ts'
import { whileUsed } from '../readable/while-used.ts'
import { queuedWriteOf } from '../write/queued-writes.ts'
import { targetOf } from '../write/write-target.ts'
import { queueOf } from './queue.ts'
import { refusedKeysOf } from './refused-rows.ts'

/**
 * How far the writes of a row are, the least advanced of them:
 *
 * - `refused`: the server has refused one, until it is tried again or discarded;
 * - `pending`: in memory only, SQLite does not have it yet;
 * - `queued`: in SQLite and in its upload queue;
 * - `uploaded`: the backend has taken it, and no checkpoint that holds it has been applied yet;
 * - `acknowledged`: nothing is outstanding;
 * - `local`: the table is local-only, nothing of it is ever uploaded.
 */
export type RowState = 'pending' | 'queued' | 'uploaded' | 'acknowledged' | 'refused' | 'local'

/** The rows of a collection that have a state other than `acknowledged`; of a local-only table none. */
export interface RowStates extends Iterable<[key: string, state: RowState]> {
  /** Whether the queue has not been read yet. Until then a row counts as acknowledged, unless it is `pending`. */
  readonly isLoading: boolean
  readonly size: number
  /** The state of any row. */
  get(key: string): RowState
}

/** A collection of rowsignal's; any other is refused. */
export type OutboxCollection = AnyCollection

type Listener = () => void

/** The states of the rows of one collection. */
export class CollectionStates {
  readonly #collection: AnyCollection
  readonly #database: CommonPowerSyncDatabase
  readonly #states = new Map<string, RowState>()
  readonly #ofRow = new Map<string, Set<Listener>>()
  readonly #ofAll = new Set<(keys: readonly string[]) => void>()
  readonly #awaited = new WeakSet<Transaction>()
  #pending: ReadonlySet<string> = new Set()
  #refused: ReadonlySet<string> = new Set()
  readonly #use: () => Stop = whileUsed(() => this.#start())
  /** A new one with each change. */
  view: RowStates

  constructor(collection: AnyCollection) {
    assertSupportedCollection(collection)
    this.#collection = collection
    this.#database = targetOf(collection).database
    this.view = this.#newView()
  }

  stateOf(key: string): RowState {
    return this.#states.get(key) ?? (this.#table.localOnly ? 'local' : 'acknowledged')
  }

  listenRow(key: string, listener: Listener): Stop {
    const leave = this.#use()
    const listeners = this.#ofRow.get(key)
    if (listeners === undefined) this.#ofRow.set(key, new Set([listener]))
    else listeners.add(listener)
    return () => {
      const left = this.#ofRow.get(key)
      left?.delete(listener)
      if (left?.size === 0) this.#ofRow.delete(key)
      leave()
    }
  }

  /** Calls `listener` with the rows whose state is another one, and with none when the queue has been read. */
  listenKeys(listener: (keys: readonly string[]) => void): Stop {
    const leave = this.#use()
    this.#ofAll.add(listener)
    return () => {
      this.#ofAll.delete(listener)
      leave()
    }
  }

  get #table() {
    return targetOf(this.#collection).table
  }

  #start(): Stop {
    if (this.#table.localOnly) return () => {}
    const queue = queueOf(this.#database)
    const refused = refusedKeysOf(this.#database)
    const onRefused = (): void => {
      const before = this.#refused
      this.#refused = refused.get().get(this.#table.name) ?? new Set()
      this.#update([...before, ...this.#refused])
    }
    let isLoading = true
    const changes = this.#collection.subscribeChanges(() => this.#readPending(), {
      includeInitialState: false,
    })
    const stops = [
      () => changes.unsubscribe(),
      queue.use(),
      refused.listen(onRefused),
      queue.listen((changed) => {
        this.#readPending() // what was written is pending no more
        const isRead = isLoading && queue.state !== undefined
        if (isRead) isLoading = false
        this.#update(changed.get(this.#table.name) ?? [], isRead)
      }),
    ]
    this.#readPending()
    onRefused()
    this.#update(queue.rows.keysOf(this.#table.name), queue.state !== undefined)
    isLoading = queue.state === undefined
    return () => {
      for (const stop of stops) stop()
      this.#states.clear()
      this.#pending = new Set()
      this.#refused = new Set()
      this.view = this.#newView()
    }
  }

  /** Which rows have writes that SQLite does not have yet. */
  #readPending(): void {
    const before = this.#pending
    const pending = new Set<string>()
    for (const transaction of openTransactions(this.#collection)) {
      this.#await(transaction)
      for (const mutation of transaction.mutations) {
        if (mutation.collection !== this.#collection) continue
        if (queuedWriteOf(mutation) === undefined) pending.add(mutation.key as string)
      }
    }
    if (before.size === 0 && pending.size === 0) return
    this.#pending = pending
    this.#update([...before, ...pending])
  }

  #await(transaction: Transaction): void {
    if (this.#awaited.has(transaction)) return
    this.#awaited.add(transaction)
    onSettled(transaction, () => this.#readPending())
  }

  #update(keys: Iterable<string>, isForced = false): void {
    const changed: string[] = []
    for (const key of keys) {
      const before = this.#states.get(key)
      const next = this.#outstanding(key)
      if (before === next) continue
      if (next === undefined) this.#states.delete(key)
      else this.#states.set(key, next)
      changed.push(key)
    }
    if (changed.length === 0 && !isForced) return
    this.view = this.#newView()
    batch(() => {
      for (const key of changed) for (const listener of this.#ofRow.get(key) ?? []) listener()
      for (const listener of this.#ofAll) listener(changed)
    })
  }

  #outstanding(key: string): RowState | undefined {
    if (this.#refused.has(key)) return 'refused'
    if (this.#pending.has(key)) return 'pending'
    return queueOf(this.#database).rows.stateOf(this.#table.name, key)
  }

  #newView(): RowStates {
    const states = this.#states
    return {
      isLoading: queueOf(this.#database).state === undefined && !this.#table.localOnly,
      get size() {
        return states.size
      },
      get: (key) => this.stateOf(key),
      [Symbol.iterator]: () => states[Symbol.iterator](),
    }
  }
}

/** The states of a collection, the same object for the same collection. */
export const statesOf: (collection: AnyCollection) => CollectionStates = perObject(
  (collection: AnyCollection) => new CollectionStates(collection),
)

const rowStatesOf = perObject((collection: AnyCollection) => {
  const states = statesOf(collection)
  return createReadable({
    get: () => states.view,
    start: (changed) => states.listenKeys(() => changed()),
  })
})

/**
 * The rows of a collection whose writes are not acknowledged, with their states.
 *
 * For a count, a badge, or a list that is rendered as a whole; for a row by itself `rowState`, which is told only when that row
 * changes. Both share one reading of the queue, and cost what the rows with a state cost.
 *
 * Shape: a new value with each change; an older one shows the newest states too. Nothing is read before the first listener,
 * nor after the last.
 * Source: the upload queue of PowerSync core 0.5.3; transactions of @tanstack/db.
 *
 * @throws {RowsignalError} `not-a-powersync-collection` for any other collection, also a live query.
 * @example
 * rowStates(todos).subscribe((states) => show(`${states.size} not on the server yet`))
 */
export function rowStates(collection: OutboxCollection): Readable<RowStates> {
  return rowStatesOf(collection)
}

/**
 * How far the writes of one row are, or of a row that is not there.
 *
 * Shape: `acknowledged` also before the queue has been read; told only when this row changes.
 * Source: as `rowStates`.
 *
 * @throws {RowsignalError} `not-a-powersync-collection` for any other collection, also a live query.
 * @example
 * rowState(todos, id).subscribe((state) => icon(state))
 */
export function rowState(collection: OutboxCollection, key: string): Readable<RowState> {
  const states = statesOf(collection)
  return createReadable({
    get: () => states.stateOf(key),
    start: (changed) => states.listenRow(key, changed),
  })
}
