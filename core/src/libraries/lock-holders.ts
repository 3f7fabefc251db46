/**
 * Who holds the write lock of a database: in this page, or a tab that is frozen. The SDK (2.3.0) does not say, and whoever waits
 * for long is to be told what for: an app that waits inside of a lock of its own waits for itself, and nobody else does.
 */
import { perObject } from '../readable/per-object.ts'
import type { Stop } from '../readable/readable.ts'
import { whileUsed } from '../readable/while-used.ts'
import { frozenTab } from './frozen-tabs.ts'
import { HeldUp } from './held-up.ts'
import { type Database, onCommit } from './powersync.ts'
import { stuckStorage } from './stuck-storage.ts'

export interface LockHolder {
  /** What of ours it is; undefined: the app's. */
  readonly what: string | undefined
  /** By `performance.now()`. */
  readonly since: number
}

const names = new WeakMap<object, string>()

/** Names a function of ours that is given the write lock. Any other is the app's. */
export function ours<Run extends object>(what: string, run: Run): Run {
  names.set(run, what)
  return run
}

export class LockHolders {
  /** What else keeps this page from SQLite. It is looked for while anything here has asked for the lock, or has it. */
  readonly heldUp: HeldUp
  /** Follows the commits, while there are calls. */
  readonly #follow: () => Stop
  readonly #holders = new Set<LockHolder>()
  #passedAt = 0

  constructor(database: Database) {
    const looks = [frozenTab(database.database.name), stuckStorage(database)]
    this.heldUp = new HeldUp(this, looks)
    this.#follow = whileUsed(() => onCommit(database, () => this.#passed()))
  }

  /**
   * When somebody was served last, by `performance.now()`: the lock was given or given back in this page, or something was
   * committed, in whichever tab. Who waits then is one of many, and nothing holds them up.
   */
  get passedAt(): number {
    return this.#passedAt
  }

  /** Who has had it for the longest time; nobody if it is held outside of this page, or by PowerSync itself. */
  get holder(): LockHolder | undefined {
    const [first] = this.#holders
    return first
  }

  #passed(): void {
    this.#passedAt = performance.now()
  }

  /** Has `ask` be given another function for `run`, which says when it has the lock. */
  async watch<Run extends (lock: never) => unknown, T>(
    run: Run,
    ask: (watched: Run) => Promise<T>,
  ): Promise<T> {
    let holder: LockHolder | undefined
    const watched = (lock: never): unknown => {
      this.#passed()
      holder = { what: names.get(run), since: this.#passedAt }
      this.#holders.add(holder)
      return run(lock)
    }
    const ends = [this.heldUp.wait(), this.#follow()]
    try {
      return await ask(watched as Run)
    } finally {
      for (const end of ends) end()
      if (holder !== undefined) {
        this.#holders.delete(holder)
        this.#passed()
      }
    }
  }
}

/** Watches a database from the first call on: its methods are replaced, for the app calls them itself. */
export const lockHoldersOf: (database: Database) => LockHolders = perObject(
  (database: Database) => {
    const holders = new LockHolders(database)
    const writeLock = database.writeLock.bind(database)
    const writeTransaction = database.writeTransaction.bind(database)
    database.writeLock = (run) => holders.watch(run, (watched) => writeLock(watched))
    database.writeTransaction = (run, timeoutMs) =>
      holders.watch(run, (watched) => writeTransaction(watched, timeoutMs))
    return holders
  },
)
