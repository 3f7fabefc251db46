/**
 * Reads demands of a collection that is in step: of all that wait a chunk each in one lock, with the records of what has
 * changed meanwhile, so that rows and changes are shown in the order of the commits. No other demand is read again for it.
 */
import { ours } from '../libraries/lock-holders.ts'
import type { LockContext } from '@powersync/common'
import { passes } from '../libraries/storage-faults.ts'
import type { Demand } from '../subset/demand.ts'
import type { Capture } from './capture.ts'
import type { Follower, StoredRows } from './follower.ts'
import { watchReadLock } from './tell-developer.ts'
import type { Changes } from './publish.ts'
import { type StoredRow, SubsetReader } from './subset-reader.ts'

/** A demand that waits for its rows. */
interface Asked {
  readonly demand: Demand
  readonly reader: SubsetReader
  readonly settle: () => void
}

interface Found {
  readonly chunks: readonly (readonly [Asked, readonly StoredRow[]])[]
  readonly changes: Changes
}

/** How long a step of what nobody waits for may hold the thread, and how many rows the first one has. */
const stepMs = 2
const firstStepRows = 200

export class DemandReads {
  readonly #follower: Follower
  readonly #capture: Capture
  readonly #asked = new Set<Asked>()
  #running = false

  constructor(follower: Follower, capture: Capture) {
    this.#follower = follower
    this.#capture = capture
  }

  /** Resolves when the demand is read and shown, has failed or is given up, or the collection is no longer in step. */
  read(demand: Demand): Promise<void> {
    const { followed, chunkRows } = this.#follower
    const rows = demand.isBackground ? firstStepRows : chunkRows
    return new Promise((settle) => {
      this.#asked.add({
        demand,
        reader: new SubsetReader(demand, followed, { rows, beginSmall: true }),
        settle,
      })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    await Promise.resolve() // what is asked in one turn is read in one lock
    for (;;) {
      const next = this.#next()
      if (next.length === 0) break
      await this.#step(next)
      if (next[0]!.demand.isBackground) await new Promise((resolve) => setTimeout(resolve))
    }
    this.#running = false
  }

  /** What nobody waits for is read when nothing else is. */
  #next(): Asked[] {
    const inStep = this.#follower.state === 'following'
    for (const asked of this.#asked) {
      if (!inStep || !this.#follower.demands.has(asked.demand)) this.#settle(asked)
    }
    const all = [...this.#asked]
    const awaited = all.filter(({ demand }) => !demand.isBackground)
    return awaited.length > 0 ? awaited : all
  }

  #settle(asked: Asked): void {
    this.#asked.delete(asked)
    asked.settle()
  }

  async #step(next: readonly Asked[]): Promise<void> {
    const { order, database, untilClosed, reader } = this.#capture
    const lockGranted = watchReadLock(this.#follower)
    const read = order.run(
      (locked) =>
        database.writeLock(
          ours(`a read of collection \`${this.#follower.collection.id}\``, (lock: LockContext) => {
            lockGranted()
            return this.#find(lock, next, locked())
          }),
        ),
      (found) => this.#show(found),
    )
    try {
      await untilClosed.run(read)
    } catch (error) {
      for (const asked of next) {
        const { demand } = asked
        // What waits for its rows is read with all others then, which is tried again.
        if (demand.isBackground || !passes(error)) this.#follower.demands.onRead(demand, { error })
        this.#settle(asked)
      }
      if (!untilClosed.closed) reader.rereadAll() // the records of any table may be gone
    } finally {
      lockGranted()
    }
  }

  async #find(lock: LockContext, next: readonly Asked[], earlier: Promise<void>): Promise<Found> {
    const chunks: [Asked, readonly StoredRow[]][] = []
    for (const asked of next) chunks.push([asked, await asked.reader.read(lock)])
    return { chunks, changes: await this.#capture.tracking.readRecords(lock, earlier) }
  }

  #show({ chunks, changes }: Found): void {
    const follower = this.#follower
    const { demands } = follower
    const began = performance.now()
    const rows: StoredRows = new Map(changes.get(follower))
    // What waits may be a change of a row that was read here: then the others are to be asked, too.
    const areAlone = this.#capture.publisher.isShown(follower)
    for (const [{ demand, reader }, stored] of chunks) {
      if (!demands.has(demand)) continue // given up meanwhile
      demands.onRead(demand, reader.failure)
      for (const [id, data] of stored) {
        if (areAlone && !rows.has(id)) follower.setReader(data, demand)
        rows.set(id, data)
      }
    }
    changes.set(follower, rows)
    const shown = this.#capture.publisher.publishRows(follower, changes)
    const ms = performance.now() - began
    for (const [asked] of chunks) {
      if (asked.reader.done) void shown.then(() => this.#onShown(asked))
      else if (asked.demand.isBackground) asked.reader.scale(stepMs / ms)
      if (asked.reader.done) this.#asked.delete(asked)
    }
  }

  #onShown({ demand, settle }: Asked): void {
    if (this.#follower.state === 'following' && demand.failure === undefined) demand.isRead = true
    settle()
  }
}
