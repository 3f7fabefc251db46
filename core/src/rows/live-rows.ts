/**
 * Live rows: for each key one read-only Proxy that stays the same object while the row lives, and whose reads the
 * framework tracks per row. Made per collection and framework, shared by all components that show the collection.
 *
 * A row's cell is made when the row is first read. One set per collection holds the columns that anything has read: a
 * change of no such column is told to nobody, so a column that no template shows costs nothing, and an optimistic
 * write and its confirmation are one re-run. The key is read untracked: it cannot change, and a keyed list reads it of
 * every row. A deleted row keeps its last value, for what is still on its way out of the page; the same key again is
 * the same object. A row that outlives the lists that followed it is followed by what reads it.
 */
import type { CollectionStatus } from '@tanstack/db'
import type { Followable, Host } from '../readable/framework.ts'
import { perObject } from '../readable/per-object.ts'
import { batch, type Stop } from '../readable/readable.ts'
import { isSameValue } from '../readable/same-value.ts'
import { whileUsed } from '../readable/while-used.ts'
import { keyedRows, type KeyedRows, type RowChange } from './keyed-rows.ts'
import { findKeyField, type RowCollection, type RowKey } from './row-collection.ts'
import { columnOf, inspect, rowHandler, snapshot } from './row-proxy.ts'
import { showsSeed } from './seeds.ts'

/** The rows of one collection in one framework. Every method but `acquire` is tracked. */
export interface LiveRows<Row extends object, Key extends RowKey> extends Followable {
  readonly collection: RowCollection<Row, Key>
  /** The keys in order, at least the first `end`, frozen; runs again only when one of those asked for comes, goes or moves. */
  keys(end?: number): readonly Key[]
  size(): number
  /** The live row of a key, whether or not the collection holds it. Made without tracking. */
  row(key: Key): Readonly<Row>
  /** The collection's own row, not live. */
  plain(key: Key): Row | undefined
  /** All rows in order as plain objects, frozen; the same array until one changes or moves. */
  data(): readonly Row[]
  status(): CollectionStatus
  /** Whether the rows are those of a seed. */
  isSeed(): boolean
}

/** How many deleted rows are kept, so that a refused delete or a row that comes back is the same object. */
const keptDeletedRows = 1000
/** The epoch of a slot that no collection's rows know any more. */
const retired = -1

/** What is known of one key; the target of its Proxy. */
class Slot<Row extends object, Key extends RowKey, Cell> {
  readonly key: Key
  epoch: number
  row: Row | undefined
  cell: Cell | undefined
  /** Its columns were listed (spread, JSON): every change counts. */
  whole = false
  /** It was read while nothing followed the collection: whoever reads its row has to. */
  alone = false
  proxy: Readonly<Row> | undefined

  constructor(key: Key, epoch: number) {
    this.key = key
    this.epoch = epoch
  }

  /** What `console.log` of Node shows for the Proxy. */
  [inspect](this: object): object {
    return snapshot(this)
  }
}

class CollectionLiveRows<Row extends object, Key extends RowKey, Cell> implements LiveRows<
  Row,
  Key
> {
  readonly #keyed: KeyedRows<Row, Key>
  readonly #host: Host<Cell>
  readonly #handler: ProxyHandler<Slot<Row, Key, Cell>>
  readonly #slots = new Map<Key, Slot<Row, Key, Cell>>()
  readonly #deleted = new Map<Key, Slot<Row, Key, Cell>>()
  readonly #columns = new Set<string>()
  readonly #orderCell: Cell
  readonly #sizeCell: Cell
  readonly #dataCell: Cell
  readonly #statusCell: Cell
  // What the first reader since the last trigger was given: a later one, in the middle of a batch, may be ahead.
  #order: number | undefined
  #size: number | undefined
  #data: readonly Row[] | undefined
  #status: CollectionStatus | undefined
  #isSeed: boolean | undefined
  #epoch = 0
  #isFollowed = false
  readonly collection: RowCollection<Row, Key>
  readonly acquire: () => Stop

  constructor(collection: RowCollection<Row, Key>, host: Host<Cell>) {
    this.collection = collection
    this.acquire = host.server ? () => () => {} : whileUsed(() => this.#start())
    this.#keyed = keyedRows(collection)
    this.#host = host
    this.#orderCell = host.cell()
    this.#sizeCell = host.cell()
    this.#dataCell = host.cell()
    this.#statusCell = host.cell()
    this.#handler = rowHandler({
      keyField: findKeyField(collection),
      proxySymbol: host.proxySymbol,
      column: (slot, column) => this.#column(slot, column),
      whole: (slot) => this.#whole(slot),
      untracked: (slot) => this.#current(this.#present(slot)),
    })
  }

  keys(end?: number): readonly Key[] {
    const keys = this.#keyed.keys(end)
    this.#order ??= this.#keyed.order
    return this.#host.track(this.#orderCell, keys)
  }

  size(): number {
    const { size } = this.collection
    this.#size ??= size
    return this.#host.track(this.#sizeCell, size)
  }

  row(key: Key): Readonly<Row> {
    const slot = this.#slot(key)
    slot.proxy ??= new Proxy(slot, this.#handler) as object as Readonly<Row>
    return slot.proxy
  }

  plain(key: Key): Row | undefined {
    return this.#host.track(this.#dataCell, this.collection.get(key), key)
  }

  data(): readonly Row[] {
    const data = this.#keyed.rows()
    this.#data ??= data
    return this.#host.track(this.#dataCell, data)
  }

  status(): CollectionStatus {
    const { status } = this.collection
    this.#status ??= status
    // A server starts nothing; the page that it renders will, before it shows anything.
    const isStopped = status === 'idle' || status === 'cleaned-up'
    return this.#host.track(this.#statusCell, this.#host.server && isStopped ? 'loading' : status)
  }

  isSeed(): boolean {
    const now = showsSeed(this.collection)
    this.#isSeed ??= now
    return this.#host.track(this.#statusCell, now, 'seed')
  }

  #slot(key: Key): Slot<Row, Key, Cell> {
    let slot = this.#slots.get(key)
    if (slot !== undefined) return slot
    slot = this.#deleted.get(key)
    // A deleted row stays apart while it is gone: what it last held must not be looked up again.
    if (slot !== undefined && !this.collection.has(key)) return slot
    this.#deleted.delete(key)
    slot ??= new Slot<Row, Key, Cell>(key, this.#epoch)
    this.#slots.set(key, slot)
    return slot
  }

  /** The slot that stands for a row now: a row held since before the last release finds today's. */
  #present(slot: Slot<Row, Key, Cell>): Slot<Row, Key, Cell> {
    if (slot.epoch === this.#epoch) return slot
    const present = this.#slot(slot.key)
    present.row ??= slot.row
    return present
  }

  #current(slot: Slot<Row, Key, Cell>): Row | undefined {
    if (slot.cell !== undefined && this.#isFollowed && !this.#keyed.pending) return slot.row
    return this.collection.get(slot.key) ?? slot.row
  }

  #tracked(slot: Slot<Row, Key, Cell>): Row | undefined {
    const row = this.#current(slot)
    if (this.#host.server) return row
    if (slot.cell === undefined) {
      slot.row = row
      slot.cell = this.#host.cell()
    }
    return this.#host.track(slot.cell, row)
  }

  #column(held: Slot<Row, Key, Cell>, column: string): unknown {
    const slot = this.#followed(held)
    this.#columns.add(column)
    return columnOf(this.#tracked(slot), column)
  }

  #whole(held: Slot<Row, Key, Cell>): Row | undefined {
    const slot = this.#followed(held)
    slot.whole = true
    return this.#tracked(slot)
  }

  #followed(held: Slot<Row, Key, Cell>): Slot<Row, Key, Cell> {
    if (!this.#isFollowed) held.alone = true
    if (held.alone) this.#host.followHere(this)
    return this.#present(held)
  }

  #apply(changes: readonly RowChange<Row, Key>[]): void {
    for (const { key, row, last } of changes) {
      if (row === undefined) this.#bury(key, last)
      else if (this.#slots.has(key) || this.#deleted.has(key)) this.#write(this.#slot(key), row)
    }
    if (changes.length > 0) {
      this.#data = undefined
      this.#host.trigger(this.#dataCell)
    }
    this.#compareList()
  }

  /** Tells the readers of the list and the status what differs from what they were given. */
  #compareList(): void {
    // Also without a changed row: one may have moved by a column that the query leaves out.
    if (this.#data !== undefined && this.#data !== this.#keyed.rows()) {
      this.#data = undefined
      this.#host.trigger(this.#dataCell)
    }
    if (this.#order !== undefined) {
      this.#keyed.keys(0) // looks again if the order may have changed
      if (this.#order !== this.#keyed.order) this.#forgetOrder()
    }
    if (this.#size !== undefined && this.#size !== this.collection.size) {
      this.#size = undefined
      this.#host.trigger(this.#sizeCell)
    }
    const isOther = this.#status !== undefined && this.#status !== this.collection.status
    if (isOther || (this.#isSeed === true && !showsSeed(this.collection))) {
      this.#status = undefined
      this.#isSeed = undefined
      this.#host.trigger(this.#statusCell)
    }
  }

  #forgetOrder(): void {
    this.#order = undefined
    this.#host.trigger(this.#orderCell)
  }

  #write(slot: Slot<Row, Key, Cell>, row: Row): void {
    if (slot.cell === undefined) return
    const previous = slot.row
    slot.row = row
    if (previous === row) return
    if (slot.whole || this.#differs(previous, row)) this.#host.trigger(slot.cell)
  }

  #differs(previous: Row | undefined, row: Row): boolean {
    for (const column of this.#columns) {
      if (!isSameValue(columnOf(previous, column), columnOf(row, column))) return true
    }
    return false
  }

  #bury(key: Key, last: Row | undefined): void {
    const slot = this.#slots.get(key)
    if (slot === undefined) return
    slot.row = last ?? slot.row
    this.#slots.delete(key)
    this.#deleted.set(key, slot)
    if (this.#deleted.size <= keptDeletedRows) return
    for (const [oldest, forgotten] of this.#deleted) {
      forgotten.epoch = retired
      this.#deleted.delete(oldest)
      return
    }
  }

  /** Brings what was read while nothing was subscribed to what it is now. */
  #refresh(): void {
    for (const slot of this.#slots.values()) {
      const row = this.collection.get(slot.key)
      if (row === undefined) this.#bury(slot.key, slot.row)
      else this.#write(slot, row)
    }
    this.#compareList()
  }

  #start(): Stop {
    const stop = this.#keyed.listen((changes) => this.#apply(changes))
    this.#isFollowed = true
    this.#refresh()
    return () => {
      stop()
      this.#isFollowed = false
      this.#release()
    }
  }

  #release(): void {
    this.#epoch++ // rows that someone still holds find their slot again by it
    const slots = [...this.#slots.values()]
    // What still reads one of these rows reads it again, and follows it by that; later, when the page has let go of what
    // leaves together with the list. Nobody else has the keys read any more: the next may ask for one row alone.
    queueMicrotask(() =>
      batch(() => {
        if (!this.#isFollowed) this.#forgetOrder()
        for (const { cell } of slots) if (cell !== undefined) this.#host.trigger(cell)
      }),
    )
    this.#slots.clear()
    this.#deleted.clear()
    this.#columns.clear()
  }
}

const livePerHost = perObject((host: Host<unknown>) =>
  perObject(
    (collection: RowCollection<object, RowKey>) => new CollectionLiveRows(collection, host),
  ),
)

/** The live rows of a collection in a framework: one for all on a client, new for each caller on a server. */
export function liveRows<Row extends object, Key extends RowKey, Cell>(
  collection: RowCollection<Row, Key>,
  host: Host<Cell>,
): LiveRows<Row, Key> {
  if (host.server) return new CollectionLiveRows(collection, host)
  const ofHost = livePerHost(host)
  return ofHost(collection) as unknown as LiveRows<Row, Key>
}
