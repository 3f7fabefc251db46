/** Keeps what the subscriber of a collection has been shown, and knows what it must never have been. */
import type { Collection } from '@tanstack/db'
import { deepEquals } from '@tanstack/db'
import type { Ledger } from './ledger.ts'
import { keepsRowsOfCompletedTransactions } from './limits.ts'
import { columnsOf, tokenOf, type Columns, type TableName } from './tables.ts'

export type AnyCollection = Collection<Columns, string>

/** Called after each notification. */
type OnEvent = (rows: ReadonlyMap<string, Columns>, changed: ReadonlySet<string>) => void

/** A subscriber that keeps its own copy of the rows from nothing but the events. */
export class Replica {
  readonly rows = new Map<string, Columns>()
  readonly #collection: AnyCollection
  readonly #stop: () => void

  /** @param asks Whether it asks for the rows that there are. */
  constructor(collection: AnyCollection, onEvent: OnEvent, { asks = true } = {}) {
    this.#collection = collection
    const subscription = collection.subscribeChanges(
      (changes) => {
        for (const { type, key, value } of changes) {
          if (type === 'delete') this.rows.delete(key)
          else this.rows.set(key, plain(value))
        }
        onEvent(this.rows, new Set(changes.map(({ key }) => key)))
      },
      { includeInitialState: asks },
    )
    this.#stop = () => subscription.unsubscribe()
  }

  stop(): void {
    this.#stop()
  }

  /** What the events have not told. */
  faults(): string[] {
    const faults: string[] = []
    const held = new Map([...this.#collection.entries()].map(([key, row]) => [key, plain(row)]))
    for (const key of new Set([...held.keys(), ...this.rows.keys()])) {
      if (deepEquals(held.get(key), this.rows.get(key))) continue
      faults.push(
        `a subscriber of ${this.#collection.id} has ${show(this.rows.get(key))} for ${key}, the collection ${show(held.get(key))}`,
      )
    }
    return faults
  }
}

/** A row without TanStack DB's virtual columns. */
export function plain(row: Columns): Columns {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('$')))
}

/** The rows in these programs are made up, so a failure may show them. */
export function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}

/** One state of a row, as its token; undefined: no row. */
type Token = string | undefined

interface Shown {
  readonly token: Token
  /** Whether the write that made it had not ended then. */
  readonly isPending: boolean
}

/** What is left of an earlier value when a write finds it as it wants it: only what differs is written. */
function shared({ open }: Columns): Columns {
  return typeof open === 'boolean' ? { open } : {}
}

/** The states that a collection of a table has shown, row by row. */
export class History {
  readonly #table: TableName
  readonly #ledger: Ledger
  readonly #shown = new Map<string, Shown[]>()
  readonly #faults: string[] = []

  constructor(table: TableName, ledger: Ledger) {
    this.#table = table
    this.#ledger = ledger
  }

  /** @param isReading Whether the collection is not ready yet. */
  note(id: string, row: Columns | undefined, isReading: boolean): void {
    if (isReading && row === undefined && keepsRowsOfCompletedTransactions) {
      this.#shown.delete(id)
      return
    }
    const token = row === undefined ? undefined : tokenOf(this.#table, row)
    if (row !== undefined) this.#checkRow(id, row, token)
    const isPending = this.#ledger.writerOf(token)?.outcome === 'open'
    const shown = this.#shown.get(id)
    if (shown === undefined) this.#shown.set(id, [{ token, isPending }])
    else if (shown.at(-1)?.token !== token) shown.push({ token, isPending })
  }

  /** A row is one that somebody wrote, whole. */
  #checkRow(id: string, row: Columns, token: Token): void {
    const isWritten =
      token?.startsWith(`${this.#table}.${id}#`) === true &&
      this.#ledger.writerOf(token) !== undefined &&
      deepEquals(row, { id, ...columnsOf(this.#table, token), ...shared(row) })
    if (!isWritten) this.#faults.push(`${this.#table}.${id} was shown as ${show(row)}`)
  }

  /** @param ranks token -> its place in the queue of uploads. */
  faults(ranks: ReadonlyMap<string, number>): string[] {
    const faults = [...this.#faults]
    for (const [id, shown] of this.#shown) {
      const row = `${this.#table}.${id}`
      const isWrong = shown.some((_, index) =>
        this.#isStepBack(row, shown.slice(0, index + 1), ranks),
      )
      if (!isWrong) continue
      const tokens = shown.map(({ token }) => token ?? 'gone').join(' -> ')
      faults.push(`${row} was shown with a step back: ${tokens}`)
    }
    return faults
  }

  /** Whether the last state is older than one before it. */
  #isStepBack(row: string, shown: readonly Shown[], ranks: ReadonlyMap<string, number>): boolean {
    const tokens = shown.map(({ token }) => token)
    const next = shown.at(-1)
    const earlier = tokens.slice(0, -1)
    const before = earlier.at(-1)
    if (next === undefined || earlier.length === 0 || this.#mayReturn(next)) return false
    if (this.#ledger.mayBeTakenBack(row, before) || this.#ledger.wasLost(before)) return false
    if (next.token === undefined) return !this.#ledger.mayBeGone(row)
    if (earlier.includes(next.token)) return true
    const rank = ranks.get(next.token)
    return rank !== undefined && earlier.some((token) => (ranks.get(token ?? '') ?? -1) > rank)
  }

  /** Whether a state may be shown again after a newer one. */
  #mayReturn({ token, isPending }: Shown): boolean {
    // A transaction that is older and not done covers what a later one, done already, has written to the row.
    if (isPending) return true
    // What a failed transaction had written goes with its optimistic row and comes back from SQLite; so does what a
    // subscriber has written into somebody's transaction.
    const outcome = this.#ledger.writerOf(token)?.outcome
    if (outcome === 'written' || outcome === 'unsure') return true
    return this.#ledger.wasLost(token)
  }
}
