/**
 * What has failed by a fault that passes is tried again by itself, at a calm pace, as long as somebody needs it. Its error is
 * told meanwhile.
 */
import { passes } from './storage-faults.ts'

/** The pause after the first failure, each one after it twice as long, and the longest. In ms. */
const firstMs = 500
const longestMs = 4_000

export class TryAgain {
  readonly #again: () => void
  #timer: ReturnType<typeof setTimeout> | undefined
  #pauseMs = firstMs

  constructor(again: () => void) {
    this.#again = again
  }

  /** It has failed, and is tried again if that may pass. */
  failed(error: unknown): void {
    clearTimeout(this.#timer)
    if (!passes(error)) return
    this.#timer = setTimeout(this.#again, this.#pauseMs)
    const timer = this.#timer as { unref?: () => void }
    timer.unref?.() // it is to keep no process of Node alive
    this.#pauseMs = Math.min(2 * this.#pauseMs, longestMs)
  }

  /** It is well, or nobody needs it any more. */
  stop(): void {
    clearTimeout(this.#timer)
    this.#pauseMs = firstMs
  }
}
