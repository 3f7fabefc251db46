/** Tells whoever waits that there is something new to look at; what it is, they look up themselves. */
export interface News {
  /** Counts what has been announced so far. */
  readonly version: number
  readonly announce: () => void
  /** Calls back at each announcement, until it is stopped by what is returned. */
  listen(listener: () => void): () => void
  /** Resolves when `version` is past `seen`, when `waitMs` are over, or when `signal` aborts. */
  after(seen: number, options: { waitMs: number; signal: AbortSignal }): Promise<void>
}

export function createNews(): News {
  let version = 0
  const listeners = new Set<() => void>()
  return {
    get version() {
      return version
    },
    announce() {
      version += 1
      for (const listener of listeners) listener()
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    after(seen, { waitMs, signal }) {
      if (version > seen || signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer)
          listeners.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, waitMs)
        listeners.add(wake)
        signal.addEventListener('abort', wake)
      })
    },
  }
}
