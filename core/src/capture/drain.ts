/**
 * When the records of changed rows are read: after each commit that made some, in one lock for all tables. No commit is
 * missed, and a drain whose answer is lost is made good by reading the tables again.
 */
import type { LockContext } from '@powersync/common'
import { ours } from '../libraries/lock-holders.ts'
import type { Publisher } from './publish.ts'
import type { PublishOrder } from './publish-order.ts'
import type { TableReader } from './table-reader.ts'
import type { Database } from '../libraries/powersync.ts'
import { onCommit } from '../libraries/powersync.ts'
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
  }

  #onCommit(names: readonly string[]): void {
    // Never skipped because a write of ours runs: that write may roll back, and its drain with it.
    this.#dirty ||= this.#options.tracking.hasRecords(names)
    if (this.#dirty && !this.#draining) void this.#run()
  }

  async #run(): Promise<void> {
    this.#draining = true
    while (this.#dirty && !this.#stopped) await this.#drain().catch(() => this.#makeGood())
    this.#draining = false
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
