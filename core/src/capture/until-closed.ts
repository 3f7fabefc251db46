/**
 * The end of a database. What waits for SQLite ends with it: a worker that died answers nobody, and a promise that stays
 * open for good would hang whoever awaits it.
 */
import { RowsignalError } from '../errors.ts'
import type { Database } from '../libraries/powersync.ts'

/** How long SQLite may still answer once the database has begun to close. In ms. */
const graceMs = 1_000

export class UntilClosed {
  readonly #database: Database
  readonly #open = new Set<(reason: Error) => void>()
  #closing = false
  #grace: ReturnType<typeof setTimeout> | undefined

  constructor(database: Database) {
    this.#database = database
    database.registerListener({
      closing: () => this.#onClosing(),
      closed: () => this.#onClosed(),
    })
  }

  /** Whether the database has begun to close. */
  get closed(): boolean {
    return this.#closing || this.#database.closed
  }

  /** Settles as `work` does, and at the latest when the database has closed; at once if it has. */
  run<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#database.closed) reject(unanswered())
      this.#open.add(reject)
      void work.then(resolve, reject).finally(() => this.#open.delete(reject))
    })
  }

  /** Closing waits for SQLite too, so it may not come to an end. */
  #onClosing(): void {
    this.#closing = true
    const grace = setTimeout(() => this.#onClosed(), graceMs)
    this.#grace = grace
    if (typeof grace === 'object') (grace as { unref(): void }).unref() // it is to keep no process of Node alive
  }

  #onClosed(): void {
    clearTimeout(this.#grace)
    for (const reject of this.#open) reject(unanswered())
  }
}

function unanswered(): Error {
  return new Error('the database has closed without an answer')
}

export function databaseClosed(message: string, cause: unknown): RowsignalError {
  return new RowsignalError('database-closed', message, { cause })
}
