/**
 * How a database ends: it is closed, or lost, when the worker that has its SQLite dies. Who waits for SQLite waits for the answer
 * or for this, for a lost database answers nobody.
 */
import { RowsignalError } from '../errors.ts'
import { perObject } from '../readable/per-object.ts'
import type { Stop } from '../readable/readable.ts'
import { whileUsed } from '../readable/while-used.ts'
import { onDeadWorker } from './dead-workers.ts'
import { callsOf } from './lost-calls.ts'
import type { Database } from './powersync.ts'
import { reopens } from './reopening.ts'
import { unlessAnswered } from './whose-worker.ts'

/** What the adapters of @powersync/web (2.4.0) have beyond those of other platforms. */
interface WebAdapter {
  /** Only once it is open; throws before. */
  getConfiguration(): { readonly requiresPersistentTriggers: boolean; readonly vfs: string }
}

/** Databases whose workers are watched. */
const watched = new Set<Database>()

/** Looks while somebody listens, as each follower of a database does. */
class Ending {
  readonly #database: Database
  readonly #listeners = new Set<() => void>()
  #end: 'closed' | 'lost' | undefined
  /** Whether the worker that syncs is dead. */
  syncLost = false
  readonly #use: () => Stop
  readonly #isWatched: boolean

  constructor(database: Database) {
    this.#database = database
    this.#isWatched = isWeb(database) && !reopens(database)
    if (this.#isWatched) callsOf(database.database)
    this.#use = whileUsed(() => this.#start())
  }

  get end(): 'closed' | 'lost' | undefined {
    return this.#end ?? (this.#database.closed ? 'closed' : undefined)
  }

  listen(listener: () => void): Stop {
    const own = (): void => listener() // the same function may be given twice
    this.#listeners.add(own)
    const leave = this.#use()
    return () => {
      this.#listeners.delete(own)
      leave()
    }
  }

  #start(): Stop {
    const stopWatching = this.#isWatched ? this.#watch() : () => undefined
    const stopListening = this.#database.registerListener({
      closing: () => {
        stopWatching()
        this.#finish('closed')
      },
    })
    return () => {
      stopWatching()
      stopListening()
    }
  }

  #watch(): Stop {
    watched.add(this.#database)
    const stop = onDeadWorker(() => this.#onDead())
    return () => {
      stop()
      watched.delete(this.#database)
    }
  }

  /** SQLite of OPFS runs in a worker of the tab itself, which dies with the tab alone: another one has synced. */
  #onDead(): void {
    const isOfSync = hasOwnWorker(this.#database)
    const lost = (): void => {
      this.syncLost = true
      if (isOfSync) this.#tell()
      else this.#finish('lost')
    }
    if (watched.size === 1) lost()
    else void unlessAnswered(this.#database, isOfSync ? 'sync' : 'sqlite', lost)
  }

  #finish(end: 'closed' | 'lost'): void {
    if (this.#end === 'closed') return
    this.#end = end
    this.#tell()
    if (end === 'lost') callsOf(this.#database.database).end(lostError())
  }

  #tell(): void {
    this.#listeners.forEach((listener) => listener())
  }
}

const endingOf = perObject((database: Database) => new Ending(database))

/** How the database has ended, from when it begins to close; undefined while it serves. */
export function endOf(database: Database): 'closed' | 'lost' | undefined {
  return endingOf(database).end
}

/** Calls `listener` when the database begins to close, or is lost. */
export function onEnd(database: Database, listener: () => void): Stop {
  return endingOf(database).listen(() => {
    if (endOf(database) !== undefined) listener()
  })
}

/** Why the sync tells nothing any more; undefined while it does. */
export function syncEnd(database: Database): RowsignalError | undefined {
  return endingOf(database).syncLost ? lostError() : undefined
}

/** Calls `listener` when `syncEnd` is another. */
export function onSyncEnd(database: Database, listener: () => void): Stop {
  return endingOf(database).listen(listener)
}

/** The error of whoever waits for a database that has ended, or asks it then. */
export function endError(database: Database, closed: string, cause?: unknown): RowsignalError {
  if (endOf(database) === 'lost') return lostError(cause)
  return new RowsignalError('database-closed', closed, { cause })
}

/** The error of whoever asks a lost database. */
export function lostError(cause?: unknown): RowsignalError {
  return new RowsignalError(
    'database-lost',
    'database: a worker of it has died, with the tab that was its host, and answers nobody any more. ' +
      'Reload the page; or open the database by `openPowerSync` of `@rowsignal/core/web`, which opens it again by itself.',
    { cause },
  )
}

/** Whether it is one of @powersync/web. */
export function isWeb({ database }: Database): boolean {
  return typeof (database as Partial<WebAdapter>).getConfiguration === 'function'
}

/** Whether SQLite runs in a worker of the tab's own, and not in one that tabs share. The database has to be open. */
export function hasOwnWorker({ database }: Database): boolean {
  return (database as unknown as WebAdapter).getConfiguration().requiresPersistentTriggers
}

/** Whether its file is in IndexedDB. The database has to be open. */
export function isInIndexedDb({ database }: Database): boolean {
  return (database as unknown as WebAdapter).getConfiguration().vfs === 'IDBBatchAtomicVFS'
}
