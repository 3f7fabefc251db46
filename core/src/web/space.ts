/** After a fault of storage: nobody knows whether there is space again, until it is tried. */
import { isFullStorage, nothingStored } from '../libraries/storage-faults.ts'

/** How long after a fault it is tried again by itself, at first and at most, in ms: soon after another one twice as long. */
const pauseMs = { first: 1_000, most: 8_000 }
/** What is soon. */
const soonMs = 30_000

export class Space {
  #isDoubtful = false
  #faultAt = -Infinity
  #pauseMs = pauseMs.first
  #tried: Promise<boolean> | undefined

  fault(): void {
    const now = performance.now()
    const isSoon = now - this.#faultAt < soonMs
    this.#pauseMs = isSoon ? Math.min(2 * this.#pauseMs, pauseMs.most) : pauseMs.first
    this.#faultAt = now
    this.#isDoubtful = true
  }

  /** Nobody is to wait for it any more. */
  close(): void {
    this.#isDoubtful = false
  }

  /** @throws {RowsignalError} Rejects with `storage-full` if there was a fault, and there is still no space. */
  async check(): Promise<void> {
    if (this.#isDoubtful && !(await this.#isFound())) throw nothingStored()
  }

  /** Resolves when there is space, at a calm pace. */
  async again(): Promise<void> {
    while (this.#isDoubtful) {
      await new Promise((resolve) => setTimeout(resolve, this.#pauseMs))
      await this.#isFound()
    }
  }

  /** Tried once for all who ask meanwhile. */
  #isFound(): Promise<boolean> {
    const at = this.#faultAt
    this.#tried ??= isFullStorage().then((isFull) => {
      this.#tried = undefined
      if (!isFull && at === this.#faultAt) this.#isDoubtful = false
      return !isFull
    })
    return this.#tried
  }
}
