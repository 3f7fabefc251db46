/**
 * The end of a database. What waits for SQLite ends with it: a worker that died answers nobody, and a promise that stays
 * open for good would hang whoever awaits it.
 */
import { endOf, onEnd } from '../libraries/ending.ts'
import type { Database } from '../libraries/powersync.ts'

/** How long SQLite may still answer once the database has begun to close. In ms. */
const graceMs = 1_000

export class UntilClosed {
  readonly #database: Database
  readonly #open = new Set<(reason: Error) => void>()
  #grace: ReturnType<typeof setTimeout> | undefined

  constructor(database: Database) {
    this.#database = database
    database.registerListener({ closed: () => this.#rejectAll() })
    onEnd(database, () => this.#onEnd())
  }

  /** Whether the database has begun to close, or is lost. */
  get closed(): boolean {
    return endOf(this.#database) !== undefined
  }

  /** Settles as `work` does, and at the latest when the database has closed; at once if it has, or is lost. */
  run<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#database.closed || endOf(this.#database) === 'lost') reject(unanswered())
      this.#open.add(reject)
      void work.then(resolve, reject).finally(() => this.#open.delete(reject))
    })
  }

  #onEnd(): void {
    if (endOf(this.#database) === 'lost') this.#rejectAll()
    else this.#waitForClosed()
  }

  /** Closing waits for SQLite too, so it may not come to an end. */
  #waitForClosed(): void {
    const grace = setTimeout(() => this.#rejectAll(), graceMs)
    this.#grace = grace
    if (typeof grace === 'object') (grace as { unref(): void }).unref() // it is to keep no process of Node alive
  }

  #rejectAll(): void {
    clearTimeout(this.#grace)
    for (const reject of this.#open) reject(unanswered())
  }
}

function unanswered(): Error {
  return new Error('the database has ended without an answer')
}
