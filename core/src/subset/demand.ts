/**
 * What one asker wants of a table: the rows of a predicate, the first of them in an order, or all there are. A demand knows
 * which rows of the collection are its own, so that a changed row reaches it, or leaves it, without a read.
 */
import type { LoadSubsetOptions } from '@tanstack/db'
import type { AnyRow } from '../libraries/tanstack.ts'
import type { ResolvedTable } from '@powersync/common'
import type { SqlColumns } from '../codec/row-options.ts'
import type { Subset } from './subset.ts'

/** Makes SQL of what is asked for; handed in, since apps with eager collections alone have no use for it. */
export type CompileSubset = (
  table: ResolvedTable,
  columns: SqlColumns,
  options: LoadSubsetOptions,
) => Subset

/** A table, and what its columns are in SQL. */
export interface SubsetTable {
  readonly table: ResolvedTable
  readonly sqlColumns: SqlColumns
}

interface DemandOptions {
  /** Undefined: every row of the table. */
  readonly asked?: { readonly options: LoadSubsetOptions; readonly compile: CompileSubset }
  readonly isBackground?: boolean
}

/** So many more rows a window may hold before those behind its end are given up, so that small ones seldom are. */
const spareRows = 100

export class Demand {
  /** Undefined: every row of the table. */
  readonly options: LoadSubsetOptions | undefined
  /** Whether it is read in small steps when nobody waits, and never given up. */
  readonly isBackground: boolean
  /** Whether changes are for it: the first of its rows are shown. What is waited for whole has all of them. */
  isLive: boolean
  /** Whether all of its rows are shown. */
  isRead = false
  /** Whether they were once; who asked has been told, also when they are to be read anew. */
  wasRead = false
  /** Why its rows could not be read. It is about to be given up. */
  failure: { readonly error: unknown } | undefined
  /** The rows that it wants of those that the collection holds; none are listed for every row of the table. */
  readonly #own = new Map<string, AnyRow>()
  readonly #compileSubset: CompileSubset | undefined
  #subset: Subset | undefined
  #table: ResolvedTable | undefined
  /** The last row of a window that is full: what sorts after it is not wanted. */
  #end: AnyRow | undefined
  /** Whether a row has left a window that was full, so that it may be short of rows. */
  #isShort = false

  constructor({ asked, isBackground = false }: DemandOptions = {}) {
    this.options = asked?.options
    this.#compileSubset = asked?.compile
    this.isBackground = isBackground
    this.isLive = asked === undefined && !isBackground
  }

  get isEverything(): boolean {
    return this.options === undefined
  }

  /** The demand in SQL; undefined for every row of the table. */
  get subset(): Subset | undefined {
    return this.#subset
  }

  get isWindow(): boolean {
    return this.#subset?.window !== undefined
  }

  /** Whether it has all the rows that it was read for, so that an equal one needs no read. */
  get isWhole(): boolean {
    return this.isRead && !this.#isShort
  }

  /** The row that a full window ends with. */
  get end(): AnyRow | undefined {
    return this.#end
  }

  /** The rows of the collection that are its own. */
  get rows(): ReadonlyMap<string, AnyRow> {
    return this.#own
  }

  get size(): number {
    return this.#own.size
  }

  /** Whether so many rows have come before the end of a window that it holds more than twice what it wants. */
  get isOverfull(): boolean {
    const limit = this.#subset?.window?.limit
    return limit !== undefined && this.size > 2 * limit + spareRows
  }

  owns(id: string): boolean {
    return this.isEverything ? this.isLive : this.#own.has(id)
  }

  /** Prepares it for the table as the schema has it now. */
  compile({ table, sqlColumns }: SubsetTable): void {
    if (this.options === undefined || this.#table === table) return
    this.#table = table
    this.#subset = this.#compileSubset?.(table, sqlColumns, this.options)
    this.#end = undefined
  }

  /** It is to be read anew. */
  reset(): void {
    this.wasRead ||= this.isRead
    this.isRead = false
    this.#end = undefined
    this.#isShort = false
  }

  /**
   * Takes the row, or gives it up, as it is now; undefined when it is gone.
   *
   * @param isKept Whether a window takes it also if it is behind its end.
   */
  claim(id: string, row: AnyRow | undefined, isKept = false): boolean {
    if (this.isEverything) return row !== undefined
    if (row !== undefined && this.#wants(row, isKept)) {
      this.#own.set(id, row)
      return true
    }
    if (this.#own.delete(id) && this.#end !== undefined) this.#isShort = true
    return false
  }

  /** Finds the end of a window that has as many rows as it wants. */
  findEnd(): void {
    if (this.#end === undefined) this.#setEnd()
  }

  /**
   * Gives up what a window holds behind its end, which is found anew.
   *
   * @returns The ids of what it has given up.
   */
  trim(): string[] {
    this.#setEnd()
    const gone: string[] = []
    for (const [id, row] of this.#own) if (!this.#wants(row)) gone.push(id)
    for (const id of gone) this.#own.delete(id)
    return gone
  }

  #setEnd(): void {
    const window = this.#subset?.window
    if (window === undefined || this.size < window.limit) return
    this.#end = [...this.#own.values()].toSorted(window.compareFirst)[window.limit - 1]
  }

  #wants(row: AnyRow, isKept = false): boolean {
    if (!this.#subset!.matches(row)) return false
    return (
      isKept || this.#end === undefined || this.#subset!.window!.compareFirst(row, this.#end) <= 0
    )
  }
}
