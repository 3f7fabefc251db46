/**
 * A worker that tabs share, and that stands still since the disk is full: it is ended in each tab, and the next one is asked until
 * it answers with space again, for what a sync writes may stop that, too, while nobody waits.
 */
import { isFullStorage } from '../libraries/storage-faults.ts'

export interface FullWorkerOptions {
  readonly file: string
  /** Lets go of it in this tab: it ends when each one has. */
  readonly letGo: () => void
  /** Whether SQLite answers within so many ms, or there is nothing that could. */
  readonly isServed: (withinMs: number) => Promise<boolean>
}

/** Between two questions, in ms. */
const pauseMs = 1_000
/** How long an answer is waited for, at first and at most, in ms: a worker may only be slow, so each one has twice as long. */
const patienceMs = { first: 500, most: 8_000 }

export class FullWorker {
  readonly #options: FullWorkerOptions
  /** By which the tabs tell each other. */
  readonly #channel: BroadcastChannel
  #endedAt = -Infinity
  #isAsking = false
  #isClosed = false

  constructor(options: FullWorkerOptions) {
    this.#options = options
    this.#channel = new BroadcastChannel(`rowsignal_full ${options.file}`)
    this.#channel.addEventListener('message', () => this.#end())
  }

  close(): void {
    this.#isClosed = true
    this.#channel.close()
  }

  /** To be called when nobody was served for long on a full disk: ends the worker if it does not answer, and the next ones. */
  async askUntilSpace(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    let withinMs = patienceMs.first
    let isFull = true
    while (isFull && !this.#isClosed) {
      // In this order: one that has stopped before there was space is ended once more, and the next finds space.
      const isServed = await this.#options.isServed(withinMs)
      isFull = await isFullStorage()
      if (!isServed) {
        withinMs = Math.min(2 * withinMs, patienceMs.most)
        this.#tellAndEnd()
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
    this.#isAsking = false
  }

  #tellAndEnd(): void {
    if (this.#isClosed) return
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
    this.#channel.postMessage('full')
    this.#end()
  }

  /** Several tabs may find out at once, and what one has ended another has opened again. */
  #end(): void {
    const now = performance.now()
    if (now - this.#endedAt < pauseMs) return
    this.#endedAt = now
    this.#options.letGo()
    void this.askUntilSpace()
  }
}
