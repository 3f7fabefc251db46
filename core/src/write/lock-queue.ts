/**
 * Lets writes ask for the write lock in the order in which they were made: the lock serves whoever asks first, and a
 * write may ask only when the triggers of its tables are there.
 *
 * The order of the calls is not enough. @tanstack/db 0.15.2 shows a direct mutation before it calls the handler, so the
 * handler of a write that a subscriber makes in answer to it is called first; both calls are in one turn.
 */
interface Waiting {
  readonly position: number
  readonly go: () => void
}

export class LockQueue {
  #waiting: Waiting[] = []
  #tail: Promise<void> = Promise.resolve()

  /**
   * @param position Orders the writes that are made in one turn.
   * @param ready What the write has to wait for; those behind it wait with it.
   * @param request Asks for the lock, synchronously.
   */
  async run<T>(
    position: number,
    ready: () => Promise<unknown>,
    request: () => Promise<T>,
  ): Promise<T> {
    await this.#endOfTurn(position)
    const before = this.#tail
    let passed = (): void => undefined
    this.#tail = new Promise((resolve) => {
      passed = resolve
    })
    await before
    try {
      await ready()
      return await this.#ask(request, passed)
    } finally {
      passed() // also when it was not ready: it must not hold those behind it
    }
  }

  /** Without a wait between asking and letting the next one ask. */
  #ask<T>(request: () => Promise<T>, passed: () => void): Promise<T> {
    const result = request()
    passed()
    return result
  }

  #endOfTurn(position: number): Promise<void> {
    return new Promise((go) => {
      if (this.#waiting.length === 0) queueMicrotask(() => this.#release())
      this.#waiting.push({ position, go })
    })
  }

  #release(): void {
    const waiting = this.#waiting.toSorted((a, b) => a.position - b.position)
    this.#waiting = []
    for (const { go } of waiting) go()
  }
}
