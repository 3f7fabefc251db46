/** Tabs that open a file again do so one after the other, where one that is refused a part of it keeps the rest from all. */
import { tabLocks } from '../libraries/dead-workers.ts'

export class Turn {
  readonly #name: string
  #over = new AbortController()

  /** @param file The name of the file; other files have turns of their own. */
  constructor(file: string) {
    this.#name = `rowsignal-open ${file}`
  }

  /** @returns What `run` resolves with; undefined if the wait for the turn was stopped. */
  async take<T>(run: () => Promise<T>): Promise<T | undefined> {
    const locks = tabLocks()
    if (locks === undefined) return run()
    const { signal } = this.#over
    try {
      return await locks.request(this.#name, { signal }, run)
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    }
  }

  /** Ends the wait: a page that is frozen must not be given the turn. */
  stop(): void {
    this.#over.abort()
    this.#over = new AbortController()
  }
}
