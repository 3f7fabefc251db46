/**
 * A collection that shows a seed, and in its place the rows of the one behind it as soon as that has been read. Whoever
 * follows it is told of the difference alone, in one batch: a row that is equal is no change of what its template reads,
 * and keeps its object.
 */
import { createTransaction } from '@tanstack/db'
import { mutateTogether, persistByHandlers, rollbackTogether } from '../libraries/together.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'
import { afterFrame } from '../readable/after-frame.ts'
import { batch, type Stop } from '../readable/readable.ts'
import type { RowCollection, RowEvent, RowKey } from '../rows/row-collection.ts'
import { type SeededRows, setFollowed, setUnfollowed } from '../rows/seeds.ts'

/** The rows of a seed. */
export interface SeedRows<Row extends object, Key extends RowKey> {
  /** In the order in which they are shown. */
  readonly rows: ReadonlyMap<Key, Row>
  /** How many rows the collection had, of which the seed may have the first alone. */
  readonly size: number
}

export class SeededCollection<Row extends object, Key extends RowKey> implements SeededRows<
  Row,
  Key
> {
  readonly source: RowCollection<Row, Key>
  readonly config: RowCollection<Row, Key>['config']
  readonly #ends = new Set<() => void>()
  #seed: SeedRows<Row, Key> | undefined

  constructor(source: RowCollection<Row, Key>, seed: SeedRows<Row, Key>) {
    this.source = source
    this.config = source.config
    this.#seed = seed
  }

  get isSeed(): boolean {
    return this.#shown() !== undefined
  }

  /** One that is followed is `loading` also in the moment before that begins. */
  get status(): RowCollection<Row, Key>['status'] {
    const { status } = this.source
    return status === 'idle' && this.#ends.size > 0 ? 'loading' : status
  }

  get size(): number {
    return this.#shown()?.size ?? this.source.size
  }

  get(key: Key): Row | undefined {
    const shown = this.#shown()
    return shown === undefined ? this.source.get(key) : shown.rows.get(key)
  }

  has(key: Key): boolean {
    return (this.#shown()?.rows ?? this.source).has(key)
  }

  keys(): Iterable<Key> {
    return (this.#shown()?.rows ?? this.source).keys()
  }

  values(): Iterable<Row> {
    return (this.#shown()?.rows ?? this.source).values()
  }

  on(event: 'status:change', callback: () => void): Stop {
    return this.source.on(event, callback)
  }

  subscribeChanges(
    callback: (events: RowEvent<Row>[]) => void,
    options: { includeInitialState: boolean },
  ): { unsubscribe(): void } {
    const { source } = this
    setFollowed(source, this)
    let before = this.#shown()?.rows
    let isSubscribed = false
    let subscription: { unsubscribe(): void } | undefined
    const subscribe = (): void => {
      if (isSubscribed) return
      isSubscribed = true // it may be ready before it returns
      stopWaiting()
      subscription = source.subscribeChanges((events) => {
        if (before === undefined) callback(events)
        else replace()
      }, options)
    }
    const replace = (): void => {
      if (this.isSeed) return
      subscribe()
      if (before === undefined) return
      const events = difference(before, source)
      before = undefined
      batch(() => {
        callback([]) // the order
        callback(events)
      })
    }
    const stopStatus = source.on('status:change', replace)
    this.#ends.add(replace)
    let stopWaiting: Stop = () => undefined
    if (before === undefined) subscribe()
    else stopWaiting = afterFrame(subscribe)
    return {
      unsubscribe: () => {
        stopWaiting()
        subscription?.unsubscribe()
        stopStatus()
        this.#ends.delete(replace)
        if (this.#ends.size === 0) setUnfollowed(source, this)
      },
    }
  }

  writeWhenRead(write: () => void): unknown {
    const transaction = createTransaction({ autoCommit: false, mutationFn: persistByHandlers })
    const begin = (): void => {
      try {
        mutateTogether(transaction, write)
      } catch {
        return // it is rolled back, and rejects with why
      }
      transaction.commit().catch(() => undefined) // the caller holds `isPersisted`
    }
    const fail = (error: unknown): void => rollbackTogether(transaction, error)
    ;(this.source as unknown as AnyCollection).preload().then(begin, fail)
    return transaction
  }

  /** Ends the seed, whatever has been read: it may not be shown any more. */
  drop(): void {
    if (this.#seed === undefined) return
    this.#seed = undefined
    for (const end of this.#ends) end()
  }

  /** The seed for as long as the collection behind it has not been read. */
  #shown(): SeedRows<Row, Key> | undefined {
    const { status } = this.source
    if (status !== 'idle' && status !== 'loading') this.#seed = undefined
    return this.#seed
  }
}

function difference<Row extends object, Key extends RowKey>(
  before: ReadonlyMap<Key, Row>,
  now: RowCollection<Row, Key>,
): RowEvent<Row>[] {
  const events: RowEvent<Row>[] = []
  for (const key of now.keys()) {
    const value = now.get(key)
    const previousValue = before.get(key)
    if (value === undefined) continue
    if (previousValue === undefined) events.push({ type: 'insert', key, value })
    else events.push({ type: 'update', key, value, previousValue })
  }
  for (const [key, value] of before) if (!now.has(key)) events.push({ type: 'delete', key, value })
  return events
}
