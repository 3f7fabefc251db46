/**
 * Publishes what was read under the write lock in the order in which the lock was held.
 *
 * A lock's result reaches its caller some microtasks after the next lock may have begun, so without this an older
 * chunk could be shown over a newer change. Nobody waits here for long: an earlier holder never waits for a later one.
 */
export class PublishOrder {
  #tail: Promise<void> = Promise.resolve()

  /**
   * @param lock Takes the write lock and calls `locked` in it, first thing, which resolves when what earlier holders have
   * read is published; resolves with what it read.
   * @param publish Runs synchronously with the result, after the `publish` of every earlier holder.
   */
  async run<T, R>(
    lock: (locked: () => Promise<void>) => Promise<T>,
    publish: (result: T) => R,
  ): Promise<R> {
    let before: Promise<void> | undefined
    let release = (): void => undefined
    const locked = (): Promise<void> => {
      if (before !== undefined) return before
      before = this.#tail
      this.#tail = new Promise((resolve) => {
        release = resolve
      })
      return before
    }
    try {
      const result = await lock(locked)
      await before
      return publish(result)
    } finally {
      // A holder that failed must not let a later one pass an earlier one either.
      void before?.then(release)
    }
  }
}
