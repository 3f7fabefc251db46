/**
 * The upload queue of a database, followed: read once when the first comes who follows it, and then what is new after each
 * commit that touched it, however much waits. Nothing is read while nobody follows it.
 */
import { ours } from '../libraries/lock-holders.ts'
import type { LockContext, CommonPowerSyncDatabase } from '@powersync/common'
import { attempt } from '../errors.ts'
import { endOf, onEnd } from '../libraries/ending.ts'
import { isServerDatabase } from '../libraries/powersync.ts'
import {
  assertQueue,
  onQueueChange,
  type QueueState,
  readOperations,
  readQueueState,
  readTouchedRows,
} from '../libraries/powersync-queue.ts'
import { TryAgain } from '../libraries/try-again.ts'
import { perObject } from '../readable/per-object.ts'
import { batch, type Stop } from '../readable/readable.ts'
import { whileUsed } from '../readable/while-used.ts'
import { onQueuedWrite, type QueuedWrite } from '../write/queued-writes.ts'
import { targetOf } from '../write/write-target.ts'
import { QueuedRows, type QueueReading, type TableKeys } from './queued-rows.ts'

const noKeys: TableKeys = new Map()

export class Queue {
  readonly rows = new QueuedRows()
  /** As it was read last; undefined before the first reading, and while nobody follows it. */
  state: QueueState | undefined
  /** Why it could not be read, the last time. */
  error: Error | undefined
  /** Since when SQLite applies no download, because writes are not acknowledged, as far as this session has seen. */
  heldSince: Date | undefined
  /** Whether the database has begun to close, or is lost. */
  isClosing = false
  /** Follows it until the returned function is called. */
  readonly use: () => Stop = whileUsed(() => this.#start())
  readonly #database: CommonPowerSyncDatabase
  readonly #listeners = new Set<(changed: TableKeys) => void>()
  #isChecked = false
  /** From the first follower to the last: what was read for another one is void. */
  #run: object | undefined
  #isDue = false
  #isReading = false
  readonly #again = new TryAgain(() => void this.#read())

  constructor(database: CommonPowerSyncDatabase) {
    this.#database = database
  }

  /**
   * Calls `listener` after each reading, and in the moment of each write of ours, with the rows whose state may be another
   * one. Somebody has to `use` it.
   */
  listen(listener: (changed: TableKeys) => void): Stop {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #start(): Stop {
    if (isServerDatabase(this.#database)) return () => {}
    this.isClosing = endOf(this.#database) !== undefined
    this.#run = {}
    const stops = [
      onQueueChange(this.#database, (change) => {
        // In step there is nothing that a checkpoint could bring further.
        if (change === 'operations' || this.state?.inStep !== true) void this.#read()
      }),
      onQueuedWrite(this.#database, (write) => this.#onWrite(write)),
      onEnd(this.#database, () => this.#onClosing()),
    ]
    void this.#read()
    return () => {
      for (const stop of stops) stop()
      this.#again.stop()
      this.#run = undefined
      this.#isDue = false
      this.state = undefined
      this.error = undefined
      this.heldSince = undefined
      this.rows.clear()
    }
  }

  /** Reads again what could not be read. */
  retry(): void {
    void this.#read()
  }

  async #read(): Promise<void> {
    this.#isDue = true
    if (this.#isReading) return
    this.#isReading = true
    while (this.#isDue && !this.isClosing) {
      let run = this.#run
      try {
        const read = (lock: LockContext): Promise<QueueReading> => {
          this.#isDue = false // events until now are of commits that are read now
          run = this.#run
          return this.#readIn(lock)
        }
        const reading = await this.#database.writeLock(ours('a read of the upload queue', read))
        if (run !== undefined && run === this.#run) this.#apply(reading)
      } catch (error) {
        if (run === undefined || run !== this.#run) continue
        this.#isDue = false // the next commit tries again
        this.#fail(error)
      }
    }
    this.#isReading = false
  }

  async #readIn(lock: LockContext): Promise<QueueReading> {
    if (!this.#isChecked) await assertQueue(this.#database, lock)
    this.#isChecked = true
    const state = await readQueueState(lock)
    const isOther = state.era !== this.state?.era
    const last = isOther ? 0 : this.rows.last
    let operations = state.last > last ? await readOperations(lock, last) : []
    // An operation that nobody has seen in the queue has left a row that waits for the checkpoint.
    const hasUnseen = state.last - last > operations.length && !state.inStep
    const isWhole = isOther || !this.rows.isComplete(state, operations.length)
    if (isWhole && last > 0) operations = await readOperations(lock, 0)
    return { state, operations, isWhole, touched: hasUnseen ? await readTouchedRows(lock) : [] }
  }

  #apply(reading: QueueReading): void {
    this.#again.stop()
    const { state } = reading
    const isCleared = this.state !== undefined && this.state.era !== state.era
    const gone = isCleared ? this.rows.clear() : noKeys
    const changed = this.rows.apply(reading)
    this.state = state
    this.error = undefined
    this.heldSince = state.inStep ? undefined : (this.heldSince ?? new Date())
    this.#tell(isCleared ? merged(gone, changed) : changed)
  }

  /** What a write has queued is told at once, so that its rows never look as if they had arrived. */
  #onWrite({ mutations, before, last }: QueuedWrite): void {
    const keys = new Map<string, Set<string>>()
    for (const { collection, key } of mutations) {
      const { name, localOnly } = targetOf(collection).table
      if (localOnly) continue
      const known = keys.get(name)
      if (known === undefined) keys.set(name, new Set([key as string]))
      else known.add(key as string)
    }
    const gone = before.inStep ? this.rows.acknowledge(before.last) : noKeys
    if (last > before.last) this.rows.tell(keys, last)
    this.#tell(merged(gone, keys))
  }

  #onClosing(): void {
    this.isClosing = true
    this.#again.stop()
    this.#tell(noKeys)
  }

  #fail(error: unknown): void {
    if (this.isClosing) return
    this.error = error instanceof Error ? error : new Error(String(error), { cause: error })
    this.#again.failed(error)
    this.#tell(noKeys)
  }

  #tell(changed: TableKeys): void {
    batch(() => {
      for (const listener of this.#listeners) attempt(() => listener(changed))
    })
  }
}

function merged(left: TableKeys, right: TableKeys): TableKeys {
  if (left.size === 0) return right
  const all = new Map<string, ReadonlySet<string>>(left)
  for (const [table, keys] of right) all.set(table, new Set([...(all.get(table) ?? []), ...keys]))
  return all
}

/** The queue of a database, the same object for the same database. */
export const queueOf: (database: CommonPowerSyncDatabase) => Queue = perObject(
  (database: CommonPowerSyncDatabase) => new Queue(database),
)
