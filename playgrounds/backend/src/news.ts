/** Tells whoever waits that there is something new to look at; what it is, they look up themselves. */
export interface News {
  /** Counts what has been announced so far. */
  readonly version: number
  announce(): void
  /** Resolves when `version` is past `seen`, when `waitMs` are over, or when `signal` aborts. */
  after(seen: number, options: { waitMs: number; signal: AbortSignal }): Promise<void>
}

export function createNews(): News {
  let version = 0
  const waiting = new Set<() => void>()
  return {
    get version() {
      return version
    },
    announce() {
      version += 1
      for (const wake of waiting) wake()
    },
    after(seen, { waitMs, signal }) {
      if (version > seen || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        waiting.add(wake)
        signal.addEventListener('abort', wake)
      })
    },
  }
}
