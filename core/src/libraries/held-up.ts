/**
 * What holds up everybody in this page who waits for SQLite, so that it is not for who has the lock: looked for while somebody
 * waits, and told once, to whoever listens.
 */
import type { RowsignalError } from '../errors.ts'
import { whileUsed } from '../readable/while-used.ts'
import type { Stop } from '../readable/readable.ts'
import { tabLocks } from './dead-workers.ts'

/** What of this page has the write lock, and when it passed last. */
export interface Page {
  readonly holder: object | undefined
  /** When somebody was served last, by `performance.now()`. */
  readonly passedAt: number
}

/**
 * Looks for one thing that may hold the page up.
 *
 * @param since Since when nobody is served, though somebody waits, by `performance.now()`.
 */
export type Look = (page: Page, since: number) => Promise<Cause | undefined>

export interface Cause {
  /** The same as long as it is the same one. */
  readonly key: string
  readonly error: () => RowsignalError
}

/** How long nobody in this page is served before it is looked, and how often then. In ms. */
const lookMs = 500

export class HeldUp {
  readonly #page: Page
  readonly #looks: readonly Look[]
  readonly #listeners = new Set<(error: RowsignalError | undefined) => void>()
  #key: string | undefined
  #error: RowsignalError | undefined

  constructor(page: Page, looks: readonly Look[]) {
    this.#page = page
    this.#looks = looks
  }

  /** Set while something holds up who waits here. */
  get error(): RowsignalError | undefined {
    return this.#error
  }

  /** To be called by who waits; returns what to call when the wait is over. */
  readonly wait: () => Stop = whileUsed(() => this.#watch())

  /** Calls `listener` with `error` when it is another, and at once where there is one. */
  listen(listener: (error: RowsignalError | undefined) => void): Stop {
    const own = (error: RowsignalError | undefined): void => listener(error) // the same function may be given twice
    this.#listeners.add(own)
    if (this.#error !== undefined) own(this.#error)
    return () => void this.#listeners.delete(own)
  }

  #watch(): Stop {
    if (tabLocks() === undefined) return () => undefined // there are no other tabs, and no worker that they share
    const begun = performance.now()
    let isOver = false
    let timer: ReturnType<typeof setTimeout>
    const lookLater = (): void => {
      timer = setTimeout(look, lookMs)
      ;(timer as { unref?: () => void }).unref?.() // it is to keep no process of Node alive
    }
    const look = async (): Promise<void> => {
      const cause = await this.#look(begun).catch(() => undefined) // the page is being left
      if (isOver) return
      this.#tell(cause)
      lookLater()
    }
    lookLater()
    return () => {
      isOver = true
      clearTimeout(timer)
      this.#tell(undefined)
    }
  }

  async #look(begun: number): Promise<Cause | undefined> {
    if (performance.now() - this.#page.passedAt < lookMs) return undefined
    const since = Math.max(begun, this.#page.passedAt)
    for (const look of this.#looks) {
      const cause = await look(this.#page, since)
      if (cause !== undefined) return cause
    }
    return undefined
  }

  #tell(cause: Cause | undefined): void {
    if (cause?.key === this.#key) return
    this.#key = cause?.key
    this.#error = cause?.error()
    for (const listener of this.#listeners) listener(this.#error)
  }
}
