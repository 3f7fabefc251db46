/** One connection of @powersync/web to SQLite, which may die or be given up: whoever has begun on it is told. */
import { LockContext } from '@powersync/common'
import type { DBAdapter, QueryResult, RawQueryResult } from '@powersync/common'
import type { SharedConnectionWorker, WebDBAdapter } from '@powersync/web'
import { RowsignalError } from '../errors.ts'
import { type AskConnection, shareConnection } from '../libraries/shared-connection.ts'
import {
  endsAtFault,
  hasOwnWorker,
  isLetGoByWorker,
  openWebAdapter,
  type WebAdapterOptions,
} from '../libraries/web-adapter.ts'
import {
  isOfStorage,
  isTakenFile,
  isUnexplained,
  storageFull,
} from '../libraries/storage-faults.ts'
import type { Stop } from '../readable/readable.ts'

/** So often in a row a connection may fail for no reason that it tells, though there is space. */
const stuckAfter = 3

/** What is thrown at those who have begun on a connection that is given up. */
const gone = new Error('the connection was given up')

/** Asks an adapter for a lock. */
export type Ask<T> = (adapter: DBAdapter, run: (lock: LockContext) => Promise<T>) => Promise<T>

export interface ConnectionOptions extends WebAdapterOptions {
  /** Storage has failed it: it writes no more, and goes on reading or not. */
  readonly faulted: (isReading: boolean) => void
}

/** What is known of one who has begun. */
interface Begun {
  mayBeStored: boolean
  /** What has ended the connection, if that was a statement of this one. */
  fault?: { readonly error: unknown }
  /** A statement of this one found the file taken. */
  isTaken?: true
}

interface Watch {
  /** Rejects when no answer will come any more. */
  readonly end: Promise<never>
  readonly begun: Begun
  /** To be called at once with what a statement has failed by. */
  readonly failed: (error: unknown) => void
  /** To be called at once when a statement was not begun, since the file is taken. */
  readonly taken: Stop
}

export class Connection {
  readonly adapter: WebDBAdapter
  readonly #options: ConnectionOptions
  readonly #isOpen: Promise<unknown>
  readonly #release: Stop
  readonly #releaseWriter: () => boolean
  readonly #gone: Promise<never>
  #giveUp: Stop = () => undefined
  /** Rejects at the latest when `#gone` does. */
  readonly #writerGone: Promise<never>
  #giveUpWriter: Stop = () => undefined
  /** How often in a row it has failed for no reason that it tells. */
  #failures = 0
  #isFull = false
  #isLeft = false
  #isGone = false
  #isFaulted = false
  /** Ends what the worker that syncs has of it. */
  readonly #shared: Stop[] = []

  constructor(options: ConnectionOptions) {
    const { adapter, opened, release, releaseWriter } = openWebAdapter(options)
    this.adapter = adapter
    this.#options = options
    this.#isOpen = opened
    this.#release = release
    this.#releaseWriter = releaseWriter
    this.#gone = new Promise((_, reject) => {
      this.#giveUp = () => reject(gone)
    })
    this.#writerGone = new Promise((_, reject) => {
      this.#giveUpWriter = () => reject(gone)
    })
    for (const end of [this.#gone, this.#writerGone]) end.catch(() => undefined) // nobody may have begun
  }

  /** Whether it can write no more, since storage has failed it. */
  get isFaulted(): boolean {
    return this.#isFaulted
  }

  /** Whether it was given up. */
  get isGone(): boolean {
    return this.#isGone
  }

  /** Whether another one is to be tried. */
  get isStuck(): boolean {
    return this.#failures >= stuckAfter
  }

  /**
   * @returns Whether it can be used: `late` if not before so many ms are over, `gone` if it was given up before, or its worker has
   * let go of it.
   */
  async open(
    patienceMs: number,
    prepare: ((adapter: DBAdapter) => Promise<void>) | undefined,
  ): Promise<'open' | 'late' | 'gone'> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), patienceMs)
    })
    const ready = this.#ready(prepare)
    const isGone = this.#gone.catch(() => 'gone' as const)
    try {
      return await Promise.race([ready, late, isGone])
    } finally {
      clearTimeout(timer)
    }
  }

  async #ready(
    prepare: ((adapter: DBAdapter) => Promise<void>) | undefined,
  ): Promise<'open' | 'gone'> {
    try {
      await this.#isOpen
      await prepare?.(this.adapter)
      return 'open'
    } catch (error) {
      if (isLetGoByWorker(error)) return 'gone'
      throw error
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
    const begun: Begun = { mayBeStored: false }
    const failed = (error: unknown): void => this.#failed(begun, error)
    const taken = (): void => this.#taken(begun)
    const end = isWrite ? this.#writerGone : this.#gone
    try {
      if (isWrite && this.#isFaulted) await this.#gone // there is another then
      const asked = ask(this.adapter, (lock) =>
        run(new Watched(lock, { end, begun, failed, taken })),
      )
      const value = await Promise.race([asked, end])
      this.#failures = 0
      return { value }
    } catch (error) {
      failed(error)
      if (begun.fault !== undefined) throw begun.fault.error
      const isLetGo = isLetGoByWorker(error)
      if (isLetGo && !this.#isLeft) this.#options.lost('dead')
      // Its worker may still reject what was asked: it has closed its side.
      if (isLetGo || begun.isTaken || this.#isLeft) await this.#gone.catch(() => undefined)
      else if (error !== gone) {
        if (await isUnexplained(error)) this.#failures++
        throw error
      }
      if (isWrite && this.#isFull) throw noSpace(begun.mayBeStored)
      if (!begun.mayBeStored) return undefined
      throw new RowsignalError(
        'database-lost',
        'database: its worker died, or the page was left, before it answered whether it has stored the write. The rows show what is stored.',
      )
    }
  }

  /**
   * A connection of OPFSCoopSyncVFS (@powersync/web 2.4.0) that was refused one of its three files may open the others after that, and
   * not know that it has them: no tab is given the file any more, nor is the next try here. It goes with its worker.
   */
  #taken(begun: Begun): void {
    begun.isTaken = true
    if (!this.#isLeft) this.#options.lost('dead')
  }

  /** At once, before anybody else has the lock: what is done on it from now on may be lost, or overwrite what others have stored. */
  #failed(begun: Begun, error: unknown): void {
    if (!endsAtFault(this.#options.open) || !isOfStorage(error)) return
    begun.fault ??= { error }
    if (this.#isFaulted) return
    this.#isFaulted = true
    this.#endShared()
    const isReading = this.#releaseWriter()
    this.#giveUpWriter()
    this.#options.faulted(isReading)
  }

  #endShared(): void {
    for (const close of this.#shared.splice(0)) close()
  }

  /**
   * For the worker that syncs.
   *
   * @param mayWrite Rejects if nothing can be written now.
   */
  async share(mayWrite: () => Promise<void>): Promise<SharedConnectionWorker> {
    if (!hasOwnWorker(this.#options.open)) return this.adapter.shareConnection()
    const ask: AskConnection = async (run, { isWrite, timeoutMs }) => {
      const options = timeoutMs === undefined ? {} : { timeoutMs }
      if (isWrite) await mayWrite()
      // Also what it reads: its state is one of this connection, and not of those that only read.
      const answer = await this.run(run, (adapter, own) => adapter.writeLock(own, options), isWrite)
      if (answer === undefined) throw gone
    }
    const { port, close } = shareConnection({ ask, listen: (listener) => this.listen(listener) })
    this.#shared.push(close)
    return { port, identifier: this.adapter.name }
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

  listen(listener: (tables: string[]) => void): Stop {
    return this.adapter.registerListener({ tablesUpdated: ({ tables }) => listener(tables) })
  }

  /** Lets go of what it holds, at once. Who has begun on it hears no more until it is given up. */
  leave(): void {
    this.#isLeft = true
    this.#letGo()
  }

  #letGo(): void {
    this.#endShared()
    this.#release()
  }

  /** Ends it for those who have begun on it. */
  giveUp(): void {
    this.#isGone = true
    this.#letGo()
    this.#giveUpWriter()
    this.#giveUp()
  }

  async close(): Promise<void> {
    if (this.#isFaulted || this.#isLeft) return this.giveUp() // its worker would never answer
    await Promise.race([this.adapter.close(), this.#gone.catch(() => undefined)])
    this.#letGo() // nobody watches its locks any more
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
  readonly #watch: Watch
  #isInTransaction = false

  constructor(lock: LockContext, watch: Watch) {
    super()
    this.#lock = lock
    this.#watch = watch
  }

  async executeRaw(query: string, parameters?: unknown[]): Promise<RawQueryResult> {
    return this.#run(query, () => this.#lock.executeRaw(query, parameters))
  }

  override async executeBatch(query: string, rows?: unknown[][]): Promise<QueryResult<never>> {
    return this.#run(query, () => this.#lock.executeBatch(query, rows))
  }

  async #run<T>(query: string, execute: () => Promise<T>): Promise<T> {
    const { end, begun, failed, taken } = this.#watch
    if (begun.fault !== undefined) throw begun.fault.error
    const { mayBeStored } = begun
    this.#note(query)
    try {
      return await Promise.race([execute(), end])
    } catch (error) {
      failed(error)
      if (isTakenFile(error)) {
        begun.mayBeStored = mayBeStored
        taken()
      }
      throw error
    }
  }

  #note(query: string): void {
    const word = /^\s*(\w*)/.exec(query)?.[1]?.toUpperCase()
    const ends = /(?:^|;)\s*(?:COMMIT|END|RELEASE)\b/i.test(query)
    const { begun } = this.#watch
    if (word === 'BEGIN') this.#isInTransaction = true
    else if (word === 'ROLLBACK') this.#isInTransaction = false
    else if (word !== 'SELECT' && !this.#isInTransaction) begun.mayBeStored = true
    begun.mayBeStored ||= ends
  }
}
