/** The demands of a collection: which rows it is to hold, and which are nobody's any more. */
import type { AnyRow } from '../libraries/tanstack.ts'
import type { Demand } from './demand.ts'
import type { SqlPredicate } from './subset.ts'

export class Demands {
  readonly #demands = new Set<Demand>()
  readonly #keepsSeen: boolean

  /**
   * @param keepsSeen Whether a window keeps each row of its predicate that the collection has held meanwhile. Where TanStack DB
   * asks for the whole source if a row goes that a window has seen (0.9.2), one search beside a window would load the table.
   */
  constructor({ keepsSeen }: { keepsSeen: boolean }) {
    this.#keepsSeen = keepsSeen
  }

  get isEmpty(): boolean {
    return this.#demands.size === 0
  }

  /** Whether every row of the table is wanted. */
  get wantEverything(): boolean {
    return this.some(({ isEverything, isLive }) => isEverything && isLive)
  }

  *[Symbol.iterator](): Generator<Demand, void> {
    yield* this.#demands
  }

  some(test: (demand: Demand) => boolean): boolean {
    for (const demand of this.#demands) if (test(demand)) return true
    return false
  }

  has(demand: Demand): boolean {
    return this.#demands.has(demand)
  }

  add(demand: Demand): void {
    this.#demands.add(demand)
  }

  /** @returns The ids of the rows that nobody else wants. */
  remove(demand: Demand): string[] {
    this.#demands.delete(demand)
    const unwanted: string[] = []
    for (const [id, row] of demand.rows) {
      if (this.own(id)) continue
      if (!this.#keepsSeen || !this.#keep(id, row)) unwanted.push(id)
    }
    return unwanted
  }

  #keep(id: string, row: AnyRow): boolean {
    return this.some((other) => other.isWindow && other.isLive && other.claim(id, row, true))
  }

  /** Whether the row of this id is wanted as the collection holds it. */
  own(id: string): boolean {
    return this.some((demand) => demand.owns(id))
  }

  /**
   * Gives a row as it is now to each demand that wants it.
   *
   * @param row Undefined when it is gone.
   * @param of.isHeld Whether the collection holds it as it was.
   * @param of.reader Whose read has found the row, if nothing has changed it: the others have taken it before, or left it.
   * @returns Whether any does.
   */
  claim(
    id: string,
    row: AnyRow | undefined,
    { isHeld, reader }: { isHeld: boolean; reader?: Demand | undefined },
  ): boolean {
    const isKept = isHeld && this.#keepsSeen
    if (reader !== undefined && this.has(reader))
      return reader.claim(id, row, isKept) || this.own(id)
    let wanted = false
    for (const demand of this.#demands) {
      if (demand.isLive && demand.claim(id, row, isKept)) wanted = true
    }
    return wanted
  }

  /**
   * To be called when rows have been claimed.
   *
   * @returns The ids of rows that windows have given up, since as many have come before them.
   */
  settleWindows(): string[] {
    const unwanted: string[] = []
    for (const demand of this.#demands) {
      demand.findEnd()
      if (!this.#keepsSeen && demand.isOverfull) unwanted.push(...demand.trim())
    }
    return unwanted.filter((id) => !this.own(id))
  }

  /** SQL over `stored` that takes at least the rows of all demands but windows. */
  filter(): SqlPredicate {
    if (this.wantEverything) return { sql: 'TRUE', parameters: [], exact: true }
    const predicates: SqlPredicate[] = []
    for (const { subset } of this.#demands) {
      if (subset !== undefined && subset.window === undefined) predicates.push(subset.filter)
    }
    return anyOf(predicates)
  }

  /** The windows that are shown. */
  windows(): Demand[] {
    return [...this.#demands].filter(({ isLive, isWindow }) => isLive && isWindow)
  }

  /** Rows of a demand are about to be shown, or could not be read. */
  onRead(demand: Demand, failure: Demand['failure']): void {
    demand.failure = failure
    demand.isLive = failure === undefined
  }

  /** All rows of the demands that have been read are shown. */
  setRead(): void {
    for (const demand of this.#demands) if (demand.isLive) demand.isRead = true
  }

  /** Has all of them read anew. */
  reset(): void {
    for (const demand of this.#demands) demand.reset()
  }
}

/** SQLite (3.53) takes 32,766; but planning alternatives grows with the square of their number: 5,000 took 0.3 s. */
const maxParameters = 5_000

/** Any of them, in a tree: SQLite refuses an expression that is deeper than 1,000. */
function anyOf(predicates: readonly SqlPredicate[]): SqlPredicate {
  const parameters = predicates.flatMap((predicate) => predicate.parameters)
  if (parameters.length > maxParameters) return { sql: 'TRUE', parameters: [], exact: false }
  const tree = (from: number, to: number): string => {
    if (to - from < 2) return from < to ? `(${predicates[from]!.sql})` : 'FALSE'
    const middle = (from + to) >> 1
    return `(${tree(from, middle)} OR ${tree(middle, to)})`
  }
  const exact = predicates.every((predicate) => predicate.exact)
  return { sql: tree(0, predicates.length), parameters, exact }
}
