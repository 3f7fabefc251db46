/**
 * Lets what waits for SQLite end with the database: a worker that died answers nobody, and a promise that stays open for
 * good would hang whoever awaits it.
 */

/** How long SQLite may still answer once the database has begun to close. In ms. */
const graceMs = 1_000

export class UntilClosed {
  readonly #open = new Set<(reason: Error) => void>()

  /** Settles as `work` does, and at the latest when the database has closed. */
  run<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#open.add(reject)
      void work.then(resolve, reject).finally(() => this.#open.delete(reject))
    })
  }

  /** The database has begun to close. Closing waits for SQLite too, so it may not come to an end. */
  onClosing(): void {
    setTimeout(() => this.onClosed(), graceMs)
  }

  onClosed(): void {
    for (const reject of this.#open) reject(new Error('the database has closed without an answer'))
  }
}
