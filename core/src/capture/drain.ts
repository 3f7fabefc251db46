/**
 * When the records of changed rows are read: after each commit that made some, in one lock for all tables. No commit is
 * missed, and a drain whose answer is lost is made good by reading the tables again. One that has failed for want of space has
 * done nothing, and is tried again.
 */
import type { LockContext } from '@powersync/common'
import { isRowsignalError } from '../errors.ts'
import { ours } from '../libraries/lock-holders.ts'
import type { Publisher } from './publish.ts'
import type { PublishOrder } from './publish-order.ts'
import type { TableReader } from './table-reader.ts'
import type { Database } from '../libraries/powersync.ts'
import { onCommit } from '../libraries/powersync.ts'
import { storageFault } from '../libraries/storage-faults.ts'
import { TryAgain } from '../libraries/try-again.ts'
import type { Stop } from '../readable/readable.ts'
import type { Tracking } from './tracking.ts'

interface DrainOptions {
  readonly database: Database
  readonly tracking: Tracking
  readonly order: PublishOrder
  readonly publisher: Publisher
  readonly reader: TableReader
}

export class Drain {
  readonly #options: DrainOptions
  readonly #stopListening: Stop
  readonly #again = new TryAgain(() => this.#begin())
  /** Whether a commit has touched a tracking table since the last drain began. */
  #dirty = false
  #draining = false
  #stopped = false

  constructor(options: DrainOptions) {
    this.#options = options
    this.#stopListening = onCommit(options.database, (tables) => this.#onCommit(tables))
  }

  stop(): void {
    this.#stopped = true
    this.#stopListening()
    this.#again.stop()
  }

  #onCommit(names: readonly string[]): void {
    // Never skipped because a write of ours runs: that write may roll back, and its drain with it.
    this.#dirty ||= this.#options.tracking.hasRecords(names)
    if (this.#dirty) this.#begin()
  }

  #begin(): void {
    if (!this.#draining) void this.#run()
  }

  async #run(): Promise<void> {
    this.#draining = true
    let isFull = false
    while (this.#dirty && !isFull && !this.#stopped) {
      isFull = await this.#drain().then(
        () => false,
        (error: unknown) => this.#onFailed(error),
      )
    }
    if (!isFull) this.#again.stop()
    this.#draining = false
  }

  /** @returns Whether there was no space for it. */
  async #onFailed(error: unknown): Promise<boolean> {
    const fault = await storageFault(error)
    const isFull = isRowsignalError(fault, 'storage-full')
    if (!isFull) await this.#makeGood()
    else if (!this.#stopped) {
      this.#dirty = true
      this.#again.failed(fault)
    }
    return isFull
  }

  #drain(): Promise<void> {
    const { database, tracking, order, publisher } = this.#options
    return order.run(
      (locked) =>
        database.writeLock(
          ours('reading what a commit has changed', (lock: LockContext) => {
            const earlier = locked()
            this.#dirty = false // events until now are of commits that are read now
            return tracking.readRecords(lock, earlier)
          }),
        ),
      (changes) => publisher.publish(changes),
    )
  }

  /**
   * The records may be gone with nobody told. Reading the tables again finds out, and tells if that fails too. That read
   * must not find the same records: after a download of half a GB they make a text that is too long for V8.
   */
  async #makeGood(): Promise<void> {
    const { database, tracking, reader } = this.#options
    this.#dirty = false
    const forget = (lock: LockContext): Promise<void> => tracking.forgetRecords(lock)
    await database.writeLock(ours('forgetting what was recorded', forget)).catch(() => undefined)
    reader.rereadAll()
  }
}
