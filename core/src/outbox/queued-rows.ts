/**
 * The queue as it was read last, and which rows are in it or were: a row whose operations have all left the queue stays
 * `uploaded` until a checkpoint that holds them has been applied. Reading is `queue.ts`'s.
 */
import type { QueuedOperation, QueueState } from '../libraries/powersync-queue.ts'

/** A waiting operation, and when this session first saw it, in epoch ms. */
export interface SeenOperation extends QueuedOperation {
  readonly seenMs: number
}

/** What one reading has found. */
export interface QueueReading {
  readonly state: QueueState
  /** The operations that are newer than `QueuedRows.last`, or all of them. */
  readonly operations: readonly QueuedOperation[]
  /** Whether these are all that wait, and what was known of others is void. */
  readonly isWhole: boolean
  /** Rows that wait for a checkpoint, as table and key, if they had to be read. */
  readonly touched: readonly (readonly [string, string])[]
}

/** How far the writes of a row are; undefined when nothing of it is outstanding. */
export type QueuedState = 'queued' | 'uploaded' | undefined

/** Table -> keys. */
export type TableKeys = ReadonlyMap<string, ReadonlySet<string>>

export class QueuedRows {
  /** The newest operation that was read. */
  last = 0
  readonly operations = new Map<number, SeenOperation>()
  /** SQLite transaction -> how many of its operations wait. */
  readonly #transactions = new Map<number, number>()
  /** Table -> key -> how many operations of the row wait. */
  readonly #rows = new Map<string, Map<string, number>>()
  /** Rows of writes that were told before they were read: the last operation of each. */
  readonly #told = new Map<string, Map<string, number>>()
  #acknowledged = 0

  /** Everything up to this operation is acknowledged. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  get transactions(): number {
    return this.#transactions.size
  }

  stateOf(table: string, key: string): QueuedState {
    if (this.#told.get(table)?.has(key) === true) return 'queued'
    const waiting = this.#rows.get(table)?.get(key)
    if (waiting === undefined) return undefined
    return waiting > 0 ? 'queued' : 'uploaded'
  }

  /** The rows of a table that have a state. */
  keysOf(table: string): Iterable<string> {
    return new Set([
      ...(this.#told.get(table)?.keys() ?? []),
      ...(this.#rows.get(table)?.keys() ?? []),
    ])
  }

  /** The oldest operation that waits. */
  get oldest(): SeenOperation | undefined {
    return this.operations.values().next().value
  }

  /** Whether one of these operations waits, from the first to the last. */
  isWaiting(first: number, last: number): boolean {
    for (let id = first; id <= last; id++) if (this.operations.has(id)) return true
    return false
  }

  /** Forgets everything, and gives the rows that had a state. */
  clear(): TableKeys {
    const changed = new Map<string, Set<string>>()
    for (const table of new Set([...this.#told.keys(), ...this.#rows.keys()]))
      for (const key of this.keysOf(table)) mark(changed, table, key)
    for (const known of [this.operations, this.#transactions, this.#rows, this.#told]) known.clear()
    this.last = 0
    this.#acknowledged = 0
    return changed
  }

  /** Whether these are all operations that wait, so that nothing left the queue unseen. */
  isComplete({ first = Infinity, waiting, last }: QueueState, news: number): boolean {
    let known = this.operations.size
    for (const id of this.operations.keys()) {
      if (id >= first) break
      known--
    }
    return known + news === waiting && last >= this.last
  }

  /** Takes a reading in, and gives the rows whose state may be another one. */
  apply({ state, operations, isWhole, touched }: QueueReading): TableKeys {
    const changed = new Map<string, Set<string>>()
    if (isWhole) {
      const waiting = new Set(operations.map(({ id }) => id))
      for (const operation of this.operations.values())
        if (!waiting.has(operation.id)) this.#leave(operation, changed)
    }
    const seenMs = Date.now()
    for (const operation of operations)
      if (operation.id > this.#acknowledged && !this.operations.has(operation.id))
        this.#enter({ ...operation, seenMs }, changed)
    for (const operation of this.operations.values()) {
      if (operation.id >= (state.first ?? Infinity)) break
      this.#leave(operation, changed)
    }
    for (const [table, key] of touched) {
      const rows = tableOf(this.#rows, table)
      if (!rows.has(key)) rows.set(key, 0)
      mark(changed, table, key)
    }
    this.last = state.last
    this.#untell(changed)
    if (state.inStep) this.#acknowledge(state.last, changed)
    return changed
  }

  /** Takes in that a write has put operations of these rows into the queue, the last being `last`. */
  tell(keys: TableKeys, last: number): void {
    if (last <= this.last) return
    for (const [table, told] of keys)
      for (const key of told) tableOf(this.#told, table).set(key, last)
  }

  /** Takes in that everything up to an operation is acknowledged. */
  acknowledge(last: number): TableKeys {
    const changed = new Map<string, Set<string>>()
    for (const operation of this.operations.values())
      if (operation.id <= last) this.#leave(operation, changed)
    this.#acknowledge(last, changed)
    return changed
  }

  #acknowledge(last: number, changed: Map<string, Set<string>>): void {
    this.#acknowledged = Math.max(this.#acknowledged, last)
    for (const [table, rows] of this.#rows) {
      for (const [key, waiting] of rows) {
        if (waiting > 0) continue
        rows.delete(key)
        mark(changed, table, key)
      }
    }
  }

  #enter(operation: SeenOperation, changed: Map<string, Set<string>>): void {
    const { id, transaction, table, key } = operation
    this.operations.set(id, operation)
    this.#transactions.set(transaction, (this.#transactions.get(transaction) ?? 0) + 1)
    const rows = tableOf(this.#rows, table)
    rows.set(key, (rows.get(key) ?? 0) + 1)
    mark(changed, table, key)
  }

  #leave({ id, transaction, table, key }: SeenOperation, changed: Map<string, Set<string>>): void {
    this.operations.delete(id)
    const left = (this.#transactions.get(transaction) ?? 1) - 1
    if (left === 0) this.#transactions.delete(transaction)
    else this.#transactions.set(transaction, left)
    const rows = tableOf(this.#rows, table)
    rows.set(key, (rows.get(key) ?? 1) - 1)
    mark(changed, table, key)
  }

  /** What was told has been read. */
  #untell(changed: Map<string, Set<string>>): void {
    for (const [table, told] of this.#told) {
      for (const [key, last] of told) {
        if (last > this.last) continue
        told.delete(key)
        mark(changed, table, key)
      }
    }
  }
}

function tableOf<Value>(
  tables: Map<string, Map<string, Value>>,
  table: string,
): Map<string, Value> {
  let rows = tables.get(table)
  if (rows === undefined) tables.set(table, (rows = new Map()))
  return rows
}

function mark(changed: Map<string, Set<string>>, table: string, key: string): void {
  const keys = changed.get(table)
  if (keys === undefined) changed.set(table, new Set([key]))
  else keys.add(key)
}
