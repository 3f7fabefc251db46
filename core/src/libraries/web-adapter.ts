/** The connections of @powersync/web (2.4.0) to SQLite, and how one is let go of whose worker may not answer. */
import type { PowerSyncLogger } from '@powersync/common'
import {
  type WebDBAdapter,
  type WebSQLOpenOptions,
  WASQLiteOpenFactory,
  WASQLiteVFS,
} from '@powersync/web'
import type { Stop } from '../readable/readable.ts'
import { type Loss, reachWorker } from './dead-workers.ts'
import { mendForgottenLocks } from './forgotten-locks.ts'
import type { WorkerFrame } from './worker-frame.ts'

/** What a client of the SDK has: how it ends the lock by which its worker knows of it, and the worker or the port to it. */
interface Client {
  readonly options: { readonly onClose?: Stop }
}

/** Where SQLite runs in a worker that tabs share. */
const shared: readonly (WASQLiteVFS | undefined)[] = [
  undefined,
  WASQLiteVFS.IDBBatchAtomicVFS,
  WASQLiteVFS.InMemoryVfs,
]

/** Whether SQLite runs in a worker of the tab itself, which dies with it alone. */
export function hasOwnWorker({ vfs }: WebSQLOpenOptions): boolean {
  return !shared.includes(vfs)
}

/** Whether the file is in IndexedDB, as it is by default. */
export function opensInIndexedDb({ vfs }: WebSQLOpenOptions): boolean {
  return vfs === undefined || vfs === WASQLiteVFS.IDBBatchAtomicVFS
}

/**
 * Whether a connection is done for when storage has failed it once. One of OPFSWriteAheadVFS (2.4.0) goes on with what it has not stored, as
 * when there was no space for the head of its other log: what it and others write then is overwritten, though it was answered.
 */
export function endsAtFault({ vfs }: WebSQLOpenOptions): boolean {
  return vfs === WASQLiteVFS.OPFSWriteAheadVFS
}

/**
 * Whether a connection that is refused one part of the file may open the others after that, and keep them without knowing. One of
 * OPFSCoopSyncVFS (2.4.0) asks for three at once, also each time that it is opened, which its worker tries three times in two seconds.
 */
export function keepsRefusedFile({ vfs }: WebSQLOpenOptions): boolean {
  return vfs === WASQLiteVFS.OPFSCoopSyncVFS
}

/**
 * Whether a worker that lives says that it has let go of a connection (2.4.0): it takes the tab for gone. So it was seen where a
 * worker that stood still on a full disk went on, of a connection that had just been opened.
 */
export function isLetGoByWorker(error: unknown): boolean {
  return (error as Partial<Error> | undefined)?.message === 'Client has already been closed'
}

class Factory extends WASQLiteOpenFactory {
  isReleased = false
  readonly #lost: (loss: Loss) => void
  readonly #isShared: boolean
  readonly #frame: WorkerFrame
  readonly #clients: Client[] = []
  /** The workers of the tab's own, which nobody else can end before they have answered. */
  #workers: readonly Worker[] = []
  #stopWatching: Stop = () => undefined

  constructor({ open, logger, frame, lost }: WebAdapterOptions) {
    super({ open, logger })
    this.#lost = lost
    this.#frame = frame
    this.#isShared = !hasOwnWorker(open)
  }

  override async openConnection(): ReturnType<WASQLiteOpenFactory['openConnection']> {
    const pool = await this.#reach(() => super.openConnection())
    this.#clients.push(...([pool.writer, ...pool.additionalReaders] as unknown as Client[]))
    if (this.isReleased) this.release()
    return pool
  }

  async #reach<T>(open: () => Promise<T>): Promise<T> {
    if (!this.#isShared) {
      const { value, workers } = withWorkers(open)
      this.#workers = workers
      this.#stopWatching = mendForgottenLocks()
      const pool = await value
      for (const worker of workers) worker.addEventListener('error', () => this.#onBroken())
      return pool
    }
    const { value, answered, stop } = reachWorker(() => this.#frame.within(open), this.#lost)
    this.#stopWatching = stop
    const opened = await value
    answered()
    return opened
  }

  /**
   * A worker of which something was not caught is as good as dead: one of OPFSWriteAheadVFS (2.4.0) that stumbles over what a tab
   * has left that crashed keeps the lock of the file, and answers nobody.
   */
  #onBroken(): void {
    if (!this.isReleased) this.#lost('dead')
  }

  release(): void {
    this.isReleased = true
    this.#stopWatching()
    for (const { options } of this.#clients.splice(0)) options.onClose?.()
    for (const worker of this.#workers) worker.terminate()
  }

  /** Ends the worker that writes, which is the first, and gives up what it has locked. Returns whether others are left, which only read. */
  releaseWriter(): boolean {
    const [writer] = this.#clients.splice(0, 1)
    writer?.options.onClose?.()
    for (const worker of this.#workers) worker.terminate()
    return this.#clients.length > 0
  }
}

/**
 * Finds the workers that `open` starts before it returns. The SDK hands them out once they have answered; until then one whose
 * page is frozen would keep the file, and one that can't open it would stay.
 */
function withWorkers<T>(open: () => T): { value: T; workers: readonly Worker[] } {
  const workers: Worker[] = []
  const { Worker } = globalThis
  globalThis.Worker = class extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args)
      workers.push(this)
    }
  }
  try {
    return { value: open(), workers }
  } finally {
    globalThis.Worker = Worker
  }
}

export interface WebAdapterOptions {
  readonly open: WebSQLOpenOptions
  readonly logger: PowerSyncLogger
  /** What a worker that tabs share belongs to. */
  readonly frame: WorkerFrame
  /** Its worker has died, or perhaps has before it answered. */
  readonly lost: (loss: Loss) => void
}

/**
 * Opens a connection.
 *
 * @returns `release` ends it at once: a worker of the tab itself is terminated, as a crash would, and one that tabs share learns
 * that this tab is gone. SQLite rolls back what was not committed. `releaseWriter` leaves those that only read, and says whether there
 * are any; who asks to write waits for good then.
 */
export function openWebAdapter(options: WebAdapterOptions): {
  adapter: WebDBAdapter
  opened: Promise<unknown>
  release: Stop
  releaseWriter: () => boolean
} {
  const factory = new Factory(options)
  const adapter = factory.openDB() as WebDBAdapter & { init(): Promise<void> }
  const releaseWriter = (): boolean => {
    const reads = factory.releaseWriter()
    void adapter.writeLock(() => Promise.resolve()) // never answered: so the SDK gives reads to the others
    return reads
  }
  return { adapter, opened: adapter.init(), release: () => factory.release(), releaseWriter }
}
