/**
 * One subscription per TanStack collection, shared by everything that shows its rows.
 *
 * Owns: which keys changed since the last time, the order of the keys, and the frozen arrays of keys and rows that stay
 * the same object while they hold the same items. Promises: listeners run once per outermost `batch`, after every
 * collection has its new rows; what they are told is the difference to what they were told before, so a row that was
 * deleted and written again in one batch is one change. Subscribed only while someone listens.
 *
 * Straight on `subscribeChanges`: the observer of @tanstack/db 0.15.2 copies all entries at every commit.
 */
import { beginAlike, keepIfSame, noItems } from '../readable/keep.ts'
import {
  type AnyCollection,
  firstKeys,
  isTanstackCollection,
  silentMoves,
  syncedRow,
} from '../libraries/tanstack.ts'
import type { RowCollection, RowEvent, RowKey } from './row-collection.ts'
import { attempt } from '../errors.ts'
import { enqueue, type Stop } from '../readable/readable.ts'
import { perObject } from '../readable/per-object.ts'
import { whileUsed } from '../readable/while-used.ts'

/** A key whose row differs from what listeners were told before. */
export interface RowChange<Row, Key> {
  readonly key: Key
  /** The row now; undefined when it is gone. */
  readonly row: Row | undefined
  /** The newest row that an event carried: of a deleted row its last value. */
  readonly last: Row | undefined
}

/** The rows of one collection; get it by `keyedRows`, so that there is one. */
export class KeyedRows<Row extends object, Key extends RowKey> {
  readonly collection: RowCollection<Row, Key>
  readonly #listeners = new Set<(changes: readonly RowChange<Row, Key>[]) => void>()
  readonly #rowListeners = new Map<Key, Set<() => void>>()
  #changed = new Map<Key, Row | undefined>()
  #pending = false
  #keys: readonly Key[] = noItems
  /** How many keys were looked at, and how many were asked for since their order last changed. */
  #keysEnd = 0
  #keysAsked = 0
  #order = 0
  #rows: readonly Row[] = noItems
  #keysStale = true
  #rowsStale = true
  #silentMoves: number | undefined
  #live = false
  readonly #use = whileUsed(() => this.#start())

  constructor(collection: RowCollection<Row, Key>) {
    this.collection = collection
  }

  /** Whether changes reach us at all; without, everything is read from the collection. */
  get live(): boolean {
    return this.#live
  }

  /** Whether the collection is ahead of what listeners were told, as it is in the middle of a batch. */
  get pending(): boolean {
    return this.#pending
  }

  /**
   * The keys in order, at least the first `end`; the same array until one of them comes, goes or moves.
   *
   * What nobody asks for is not looked at: with 100 of 50,000 rows shown, an insert near the top takes 0.3 ms to the
   * DOM, and 4 ms with all keys (tests/bench/bindings).
   */
  keys(end: number = Infinity): readonly Key[] {
    this.#keysAsked = Math.max(this.#keysAsked, end)
    if (!this.live || this.#keysStale || end > this.#keysEnd) this.#readKeys(end)
    return this.#keys
  }

  /** Counts the changes among the keys that were asked for, as `keys` last found them. */
  get order(): number {
    return this.#order
  }

  #readKeys(end: number): void {
    const asked = this.#keysAsked
    const next = this.#firstKeys(asked)
    const isAlike = beginAlike(this.#keys, next, Math.min(this.#keysEnd, asked))
    if (!isAlike) {
      this.#order++
      this.#keysAsked = end // who still shows more will ask again
    }
    if (!isAlike || next.length !== this.#keys.length) this.#keys = Object.freeze(next)
    this.#keysEnd = asked
    this.#keysStale = false
  }

  #firstKeys(count: number): Key[] {
    const collection: object = this.collection
    if (isTanstackCollection(collection)) return firstKeys(collection, count) as Key[]
    return first(this.collection.keys(), count) // a seed
  }

  /** All rows in order, the collection's own objects; the same array until one of them changes. */
  rows(): readonly Row[] {
    if (!this.live || this.#rowsStale) {
      this.#rows = keepIfSame(this.#rows, [...this.collection.values()])
      this.#rowsStale = false
    }
    return this.#rows
  }

  /** Calls `listener` when rows, order or status have changed; with no changes it is the order or the status. */
  listen(listener: (changes: readonly RowChange<Row, Key>[]) => void): Stop {
    this.#listeners.add(listener)
    return this.#hold(() => this.#listeners.delete(listener))
  }

  /** Calls `listener` when the row with this key may have changed. */
  listenRow(key: Key, listener: () => void): Stop {
    let listeners = this.#rowListeners.get(key)
    if (listeners === undefined) this.#rowListeners.set(key, (listeners = new Set()))
    listeners.add(listener)
    return this.#hold(() => {
      if (listeners.delete(listener) && listeners.size === 0) this.#rowListeners.delete(key)
    })
  }

  #hold(release: () => void): Stop {
    const leave = this.#use()
    return () => {
      release()
      leave()
    }
  }

  #start(): Stop {
    const rows = this.collection.subscribeChanges((events) => this.#note(events), {
      includeInitialState: false,
    })
    const stopStatus = this.collection.on('status:change', () => this.#noteStatus())
    this.#keysStale = this.#rowsStale = true
    this.#silentMoves = silentMovesOf(this.collection)
    this.#live = true
    return () => {
      this.#live = false
      stopStatus()
      rows.unsubscribe()
      this.#changed.clear()
    }
  }

  #note(events: readonly RowEvent<Row>[]): void {
    this.#rowsStale = true
    for (const event of events) this.#changed.set(event.key as Key, event.value)
    const silentMoves = silentMovesOf(this.collection)
    const hasMoved = silentMoves !== this.#silentMoves
    this.#silentMoves = silentMoves
    // A row that moved without a change of its own, and the step to ready, arrive as no events at all.
    if (hasMoved || events.length === 0 || this.#mayHaveMoved(events)) this.#keysStale = true
    this.#tell()
  }

  #noteStatus(): void {
    this.#keysStale = this.#rowsStale = true
    // A clean-up (@tanstack/db 0.15.2) empties the collection without an event for any row.
    if (this.collection.status === 'cleaned-up') {
      for (const key of [...this.#keys, ...this.#rowListeners.keys()]) {
        if (!this.collection.has(key)) this.#changed.set(key, undefined)
      }
    }
    this.#tell()
  }

  #mayHaveMoved(events: readonly RowEvent<Row>[]): boolean {
    if (this.#keysStale || !events.every(isUpdateInPlace)) return true
    const { compare } = this.collection.config
    if (compare === undefined) return false
    // To look for many rows takes longer than to read the order again.
    return events.length > fewRows || !events.every(({ key }) => this.#isInPlace(key as Key))
  }

  /** Whether a row still stands between its neighbours, so that the order is the same if no other has moved. */
  #isInPlace(key: Key): boolean {
    if (this.#silentMoves === undefined) return false
    const keys = this.#keys
    const index = keys.indexOf(key)
    const isCut = keys.length >= this.#keysEnd
    if (index === -1) return isCut && this.#isBefore(keys.at(-1), key)
    if (index > 0 && !this.#isBefore(keys[index - 1], key)) return false
    return index < keys.length - 1 ? this.#isBefore(key, keys[index + 1]) : !isCut
  }

  /** Whether the order has one row before the other for sure: by what it compares, the synced rows. */
  #isBefore(left: Key | undefined, right: Key | undefined): boolean {
    const [before, after] = [left, right].map(
      (key) => key !== undefined && syncedRow(this.collection as unknown as AnyCollection, key),
    )
    const compare = this.collection.config.compare as (a: unknown, b: unknown) => number
    return Boolean(before && after) && compare(before, after) < 0
  }

  #tell(): void {
    this.#pending = true
    enqueue(this.#settle)
  }

  readonly #settle = (): void => {
    this.#pending = false
    const changed = this.#changed
    this.#changed = new Map()
    const changes: RowChange<Row, Key>[] = []
    for (const [key, last] of changed) changes.push({ key, row: this.collection.get(key), last })
    for (const listener of this.#listeners) attempt(() => listener(changes))
    for (const { key } of changes) {
      for (const listener of this.#rowListeners.get(key) ?? []) attempt(listener)
    }
  }
}

/** Up to so many updated rows are looked for, one by one, before all keys are read again. */
const fewRows = 8

function silentMovesOf(collection: object): number | undefined {
  return silentMoves(collection as AnyCollection)
}

/** A row inserted optimistically is the last of all until the sync confirms it; then it goes to its place. */
function isUpdateInPlace({ type, value, previousValue }: RowEvent<object>): boolean {
  return type === 'update' && (!isUnconfirmed(previousValue) || isUnconfirmed(value))
}

function first<Item>(items: Iterable<Item>, count: number): Item[] {
  const taken: Item[] = []
  for (const item of items) {
    if (taken.length >= count) break
    taken.push(item)
  }
  return taken
}

/** `$synced` is on every row that @tanstack/db 0.9 and 0.15 hand out; rows of other makers lack it. */
function isUnconfirmed(row: object | undefined): boolean {
  return row !== undefined && '$synced' in row && row.$synced === false
}

const keyedRowsOf = perObject(
  (collection: RowCollection<object, RowKey>) => new KeyedRows(collection),
)

/** The one `KeyedRows` of a collection. */
export function keyedRows<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
): KeyedRows<Row, Key> {
  return keyedRowsOf(collection) as unknown as KeyedRows<Row, Key>
}
