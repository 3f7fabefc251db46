/**
 * One run of a collection's sync, from its start to its clean-up: turns stored rows into sync commits of the
 * collection. While the first read runs, changes are kept aside and applied after the last chunk, or an older chunk
 * would bring a deleted row back.
 */
import { deepEquals } from '@tanstack/db'
import type { ResolvedTable } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BadRow } from '../codec/codec.ts'
import { attempt, reportToPlatform, type RowsignalError } from '../errors.ts'
import {
  errorOf,
  type FollowerEvent,
  type FollowerState,
  isInStep,
  isSettled,
  nextState,
} from './follower-state.ts'
import { OnLoadRun, type OnLoad } from './on-load.ts'
import { batch } from '../readable/readable.ts'
import { keepSameValues } from '../readable/same-value.ts'
import type { FollowedTable } from './followed-table.ts'
import { passes } from '../libraries/storage-faults.ts'
import type { AnyCollection, AnyRow, SyncWriter } from '../libraries/tanstack.ts'
import {
  hasOptimisticChange,
  knownKeys,
  persistingTransactions,
  refetchesWindows,
  syncedRow,
} from '../libraries/tanstack.ts'
import { Demand } from '../subset/demand.ts'
import { Demands } from '../subset/demands.ts'

/**
 * id -> the stored JSON object, `null` when the row is gone, or `undefined` when it is as it was, and somebody who wanted
 * it does not any more.
 */
export type StoredRows = Map<string, AnyRow | null | undefined>

/**
 * Which rows a collection holds: the whole table before it is ready; those that live queries ask for now; or these first,
 * and then the whole table in the background.
 */
export type SyncMode = 'eager' | 'on-demand' | 'progressive'

/** What a sync run needs of its collection. */
export interface FollowerOptions {
  followed: FollowedTable
  syncMode: SyncMode
  /** The collection is not ready before it has finished. */
  onLoad: OnLoad | undefined
  /** The end of the run before, if it has not finished: what `onLoad` opens must not be closed by it. */
  after: Promise<void> | undefined
  /** Rows a chunk of the first read. */
  chunkRows: number
  /** Called once for each row that can't be shown. */
  onBadRow(row: BadRow): void
  /** id -> the row that can't be shown now; kept up to date here. */
  badRows: Map<string, BadRow>
}

export class Follower {
  readonly collection: AnyCollection
  readonly followed: FollowedTable
  readonly chunkRows: number
  /** What is wanted of the table. */
  readonly demands: Demands
  readonly #writer: SyncWriter
  readonly #options: FollowerOptions
  readonly #hook: OnLoadRun
  /** Rows that a demand has read and that nothing else has brought: the objects that are to be decoded. */
  readonly #readers = new WeakMap<AnyRow, Demand>()
  #table: ResolvedTable
  #state: FollowerState = { name: 'idle' }
  #waiting: (() => void)[] = []

  constructor(writer: SyncWriter, options: FollowerOptions) {
    this.collection = writer.collection
    this.followed = options.followed
    this.chunkRows = options.chunkRows
    this.#writer = writer
    this.#options = options
    this.#table = options.followed.table
    this.demands = new Demands({ keepsSeen: !refetchesWindows(writer) })
    if (options.syncMode === 'eager') this.demands.add(new Demand())
    this.#hook = new OnLoadRun(this.collection.id, options, () => this.#tellStatus())
  }

  get state(): FollowerState['name'] {
    return this.#state.name
  }

  get ended(): boolean {
    return this.state === 'ended'
  }

  /** Whether a read of the table runs, so that changes are set aside and not published. */
  get reading(): boolean {
    return this.state === 'reading' || this.state === 'reading-again'
  }

  /** Whether it waits for a retry, or a new schema. */
  get failed(): boolean {
    return this.state === 'failed' || this.state === 'stranded'
  }

  /** What keeps the collection from being in step: reading its table or its `onLoad` failed. */
  get error(): RowsignalError | undefined {
    return errorOf(this.#state) ?? this.#hook.error
  }

  /** Whether the collection has no row, nor will have one when what waits for a transaction arrives. */
  get isEmpty(): boolean {
    return knownKeys(this.collection).next().done === true
  }

  /**
   * Looks up the table that the schema has now.
   *
   * @returns Whether it is another than this run has read, so that its rows are to be read again.
   * @throws {RowsignalError} `table-not-in-schema`.
   */
  refreshTable(): boolean {
    this.followed.refresh()
    const before = this.#table
    this.#table = this.followed.table
    for (const demand of this.demands) demand.compile(this.followed)
    return this.#table !== before
  }

  /** Starts a read; one that runs is of no use any more. */
  beginRead(): void {
    this.demands.reset()
    this.#pass({ type: 'begin' })
  }

  /** Nobody wants a row of the table any more. */
  rest(): void {
    this.#pass({ type: 'rest' })
  }

  /**
   * Resolves when the collection is in step, or nobody waits for that any more.
   *
   * @throws {RowsignalError} Rejects when it can't be, until the app has it retried: the `error`.
   */
  async inStep(isAwaited: () => boolean): Promise<void> {
    while (this.state !== 'following' && isAwaited()) {
      if (this.ended || (this.failed && !passes(this.error))) throw this.error
      await new Promise<void>((changed) => this.#waiting.push(changed))
    }
  }

  /** Has the running read followed by another. */
  readAgain(): void {
    this.#pass({ type: 'doubt' })
  }

  /** Runs `onLoad`. A collection that shows what is asked for is ready before anything is. */
  load(): void {
    if (this.#options.syncMode !== 'eager') this.#writer.markReady()
    this.#hook.start()
  }

  /** Runs `onLoad` again if it failed. */
  loadAgain(): void {
    this.#hook.retry()
  }

  /** The row is as it has been, and of interest to this demand only. */
  setReader(data: AnyRow, demand: Demand): void {
    this.#readers.set(data, demand)
  }

  /** Keeps changes for the end of the read that runs. */
  setAside(rows: StoredRows): void {
    if (this.#state.name !== 'reading') return
    for (const [id, data] of rows) this.#state.aside.set(id, data)
  }

  /** Shows a chunk of a read. What a subscriber throws must not end the read. */
  commitChunk(rows: StoredRows): void {
    try {
      this.commit(rows)
    } catch (error) {
      reportToPlatform(error)
      if (!this.holds(rows)) this.readAgain()
    }
  }

  /**
   * Ends a read of the whole table: removes what it did not find and applies what was set aside.
   *
   * @param found The ids that the read has seen; only needed when the collection held rows before.
   * @returns Whether `shown` is to be called when all of that is shown; else the table is to be read again.
   */
  endRead(found: ReadonlySet<string> | undefined): boolean {
    if (this.#state.name === 'reading') this.commitChunk(this.#restOf(found, this.#state.aside))
    this.#pass({ type: 'found' })
    return this.state === 'ahead'
  }

  #restOf(found: ReadonlySet<string> | undefined, aside: StoredRows): StoredRows {
    const rest: StoredRows = new Map()
    if (found !== undefined) {
      for (const id of knownKeys(this.collection)) if (!found.has(id)) rest.set(id, null)
    }
    for (const [id, data] of aside) rest.set(id, data)
    return rest
  }

  /** What a read has found is shown, and of the other tables what they were then. */
  shown(): void {
    if (this.state === 'ahead') this.demands.setRead()
    this.#pass({ type: 'shown' })
  }

  /** Ends a read that failed. What the collection holds stays. */
  fail(error: RowsignalError): void {
    this.#pass({ type: 'fail', error })
  }

  /** No trigger records the changes of the table. What the collection holds stays. */
  strand(error: RowsignalError): void {
    this.#pass({ type: 'strand', error })
  }

  /** The table is gone, and its rows with it. */
  lose(error: RowsignalError): void {
    attempt(() => this.commit(new Map([...knownKeys(this.collection)].map((id) => [id, null]))))
    this.strand(error)
  }

  #pass(event: FollowerEvent): void {
    const before = this.#state
    this.#state = nextState(before, event)
    if (this.#state === before) return
    const waiting = this.#waiting
    this.#waiting = []
    for (const changed of waiting) changed()
    if (isSettled(this.#state)) this.#tellStatus()
  }

  /** The one place that follows from both states what TanStack DB is told. */
  #tellStatus(): void {
    if (this.ended) return
    const { error } = this
    if (error !== undefined) attempt(() => this.#writer.markError(error))
    else if (isInStep(this.#state) && this.#hook.isDone) attempt(() => this.#writer.markReady())
  }

  /** @returns The end of what `onLoad` has opened, which may fail. */
  end(): Promise<void> {
    this.#pass({ type: 'end' })
    return this.#hook.end()
  }

  /**
   * Writes stored rows as one sync commit. May throw what a subscriber threw.
   *
   * An existing row is written as `update`, which is also a right upsert; an `insert` of a row that is present throws
   * on 0.15. An equal row is left out, so that the object the collection holds keeps its identity, but only while no
   * transaction holds the collection: then the synced row may not be what the queue of commits will make of it.
   */
  commit(rows: StoredRows): void {
    if (this.ended) return
    const held = persistingTransactions(this.collection).length > 0
    const writes: Parameters<SyncWriter['write']>[0][] = []
    for (const [id, data] of rows) {
      const before = syncedRow(this.collection, id)
      if (data === undefined) {
        const isWritten = hasOptimisticChange(this.collection, id)
        if (this.isUnclaimed(id) && !isWritten) writes.push({ type: 'delete', key: id })
        continue
      }
      const decoded = data === null ? undefined : this.#decode(id, data, before)
      const reader = data === null ? undefined : this.#readers.get(data)
      const isWanted = this.demands.claim(id, decoded, { isHeld: before !== undefined, reader })
      const row = isWanted ? decoded : undefined
      if (row === undefined) {
        if (data === null) this.#options.badRows.delete(id)
        if (held || before !== undefined || this.collection.has(id)) {
          writes.push({ type: 'delete', key: id })
        }
      } else if (held || before === undefined || !deepEquals(before, row)) {
        writes.push({ type: 'update', value: row })
      }
    }
    for (const id of this.demands.settleWindows()) {
      if (!hasOptimisticChange(this.collection, id)) writes.push({ type: 'delete', key: id })
    }
    if (writes.length === 0) return
    batch(() => {
      this.#writer.begin()
      try {
        for (const write of writes) this.#writer.write(write)
      } finally {
        void this.#writer.commit() // its receipt waits for the transaction that we may be in
      }
    })
  }

  /** Whether the collection holds these rows. While a transaction holds it they arrive later, which counts as yes. */
  holds(rows: StoredRows): boolean {
    if (this.ended || persistingTransactions(this.collection).length > 0) return true
    return [...rows].every(([id, data]) => {
      if (data === undefined) return true
      const row = data === null || !this.demands.own(id) ? undefined : this.#decode(id, data)
      return deepEquals(syncedRow(this.collection, id), row)
    })
  }

  /** Whether the collection holds a row that no demand wants. */
  isUnclaimed(id: string): boolean {
    return syncedRow(this.collection, id) !== undefined && !this.demands.own(id)
  }

  /** The row, with the dates and JSON of the one before that are the same; undefined if it is a bad one. */
  #decode(id: string, data: AnyRow, before?: AnyRow): AnyRow | undefined {
    const result = this.followed.codec.decode(id, data)
    if ('row' in result) {
      this.#options.badRows.delete(id)
      return before === undefined ? result.row : keepSameValues(result.row, before)
    }
    this.#setBad(id, result.issues)
    return undefined
  }

  #setBad(id: string, issues: readonly StandardSchemaV1.Issue[]): void {
    const known = this.#options.badRows.has(id)
    const bad: BadRow = { table: this.followed.table.name, id, issues }
    this.#options.badRows.set(id, bad)
    if (!known) this.#options.onBadRow(bad)
  }
}
