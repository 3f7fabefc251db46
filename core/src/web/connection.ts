/** One connection of @powersync/web to SQLite, which may die or be given up: whoever has begun on it is told. */
import { LockContext } from '@powersync/common'
import type {
  BatchedUpdateNotification,
  DBAdapter,
  QueryResult,
  RawQueryResult,
} from '@powersync/common'
import type { WebDBAdapter } from '@powersync/web'
import { RowsignalError } from '../errors.ts'
import { openWebAdapter, type WebAdapterOptions } from '../libraries/web-adapter.ts'
import { mayBeOfConnection, storageFull } from '../libraries/storage-faults.ts'
import type { Stop } from '../readable/readable.ts'

/** So often in a row a file may be taken by a tab that is just letting go of it. */
const stuckAfter = 3

/** What is thrown at those who have begun on a connection that is given up. */
const gone = new Error('the connection was given up')

/** Asks an adapter for a lock. */
export type Ask<T> = (adapter: DBAdapter, run: (lock: LockContext) => Promise<T>) => Promise<T>

export class Connection {
  readonly adapter: WebDBAdapter
  readonly #isOpen: Promise<unknown>
  readonly #release: Stop
  readonly #gone: Promise<never>
  #giveUp: Stop = () => undefined
  /** How often in a row it has failed by what may be its own fault. */
  #failures = 0
  #isFull = false

  constructor(options: WebAdapterOptions) {
    const { adapter, opened, release } = openWebAdapter(options)
    this.adapter = adapter
    this.#isOpen = opened
    this.#release = release
    this.#gone = new Promise((_, reject) => {
      this.#giveUp = () => reject(gone)
    })
    this.#gone.catch(() => undefined) // nobody may have begun
  }

  /**
   * Whether another one is to be tried: after a try that failed for another tab, OPFSCoopSyncVFS (@powersync/web 2.4.0) may have one
   * of its files open without knowing, at which each later one fails; after a full disk, one of OPFSWriteAheadVFS may go on failing.
   */
  get isStuck(): boolean {
    return this.#failures >= stuckAfter
  }

  /** @returns Whether it can be used: `late` if not before so many ms are over, `gone` if it was given up before. */
  async open(
    patienceMs: number,
    prepare: ((adapter: DBAdapter) => Promise<void>) | undefined,
  ): Promise<'open' | 'late' | 'gone'> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), patienceMs)
    })
    const ready = this.#isOpen.then(async () => {
      await prepare?.(this.adapter)
      return 'open' as const
    })
    const isGone = this.#gone.catch(() => 'gone' as const)
    try {
      return await Promise.race([ready, late, isGone])
    } finally {
      clearTimeout(timer)
    }
  }

  /**
   * Runs `run` in a lock of the connection.
   *
   * @returns What it gives; undefined if the connection was given up before anything can have been stored.
   * @throws {RowsignalError} rejects with `database-lost` if something may have been; with `storage-full` if it was given up for
   * want of space.
   */
  async run<T>(
    run: (lock: LockContext) => Promise<T>,
    ask: Ask<T>,
    isWrite: boolean,
  ): Promise<{ value: T } | undefined> {
    const stored = { maybe: false }
    try {
      const asked = ask(this.adapter, (lock) => run(new Watched(lock, this.#gone, stored)))
      const value = await Promise.race([asked, this.#gone])
      this.#failures = 0
      return { value }
    } catch (error) {
      if (error !== gone) {
        if (await mayBeOfConnection(error)) this.#failures++
        throw error
      }
      if (isWrite && this.#isFull) throw noSpace(stored.maybe)
      if (!stored.maybe) return undefined
      throw new RowsignalError(
        'database-lost',
        'database: its worker died, or the page was left, before it answered whether it has stored the write. The rows show what is stored.',
      )
    }
  }

  /** Whether it answers within so many ms, or is given up meanwhile. */
  async answers(withinMs: number): Promise<boolean> {
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), withinMs))
    const answered = this.adapter.getAll('SELECT 1').then(
      () => true,
      () => true,
    )
    return Promise.race([answered, this.#gone.catch(() => true), late])
  }

  /** It will be given up, since it can't write: then writes are not done on the next one, where they would wait again. */
  setFull(): void {
    this.#isFull = true
  }

  listen(listener: (update: BatchedUpdateNotification) => void): void {
    this.adapter.registerListener({ tablesUpdated: listener })
  }

  /** Lets go of what it holds, at once. */
  release(): void {
    this.#release()
  }

  /** Ends it for those who have begun on it. */
  giveUp(): void {
    this.release()
    this.#giveUp()
  }

  async close(): Promise<void> {
    await Promise.race([this.adapter.close(), this.#gone.catch(() => undefined)])
    this.release() // nobody watches its locks any more
  }
}

/** Of a write that waits for a worker that stands still. */
export function noSpace(isMaybeStored: boolean): RowsignalError {
  const outcome = isMaybeStored
    ? 'Whether it has stored this write is not known; the rows show what is stored.'
    : 'Nothing of this write is stored, and what is shown stays.'
  return storageFull(
    `and SQLite did not answer any more. ${outcome} Have the user free space, then do it again.`,
  )
}

/** A lock that ends with its connection, and knows whether something may have been stored. */
class Watched extends LockContext {
  readonly #lock: LockContext
  readonly #gone: Promise<never>
  readonly #stored: { maybe: boolean }
  #isInTransaction = false

  constructor(lock: LockContext, gone: Promise<never>, stored: { maybe: boolean }) {
    super()
    this.#lock = lock
    this.#gone = gone
    this.#stored = stored
  }

  async executeRaw(query: string, parameters?: unknown[]): Promise<RawQueryResult> {
    this.#note(query)
    return Promise.race([this.#lock.executeRaw(query, parameters), this.#gone])
  }

  override async executeBatch(query: string, rows?: unknown[][]): Promise<QueryResult<never>> {
    this.#note(query)
    return Promise.race([this.#lock.executeBatch(query, rows), this.#gone])
  }

  #note(query: string): void {
    const word = /^\s*(\w*)/.exec(query)?.[1]?.toUpperCase()
    const ends = /(?:^|;)\s*(?:COMMIT|END|RELEASE)\b/i.test(query)
    if (word === 'BEGIN') this.#isInTransaction = true
    else if (word === 'ROLLBACK') this.#isInTransaction = false
    else if (word !== 'SELECT' && !this.#isInTransaction) this.#stored.maybe = true
    this.#stored.maybe ||= ends
  }
}
