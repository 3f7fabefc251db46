/** Web Locks of this tab, a worker and others, which Node has none of. */
import { onTestFinished, vi } from 'vitest'

export interface WebLocks {
  /** A lock of this tab, or of another client. */
  hold(name: string, client?: string): void
  /** A worker waits for it. */
  wait(name: string, client?: string): void
  /** The worker is gone: it waits for nothing any more. */
  die(): void
  release(name: string): void
  /** How often the locks were looked at. */
  readonly looks: number
}

export function useWebLocks(): WebLocks {
  const held = new Map<string, string>() // by name, whose
  const pending = new Map<string, string>()
  const state = { looks: 0 }
  const listed = (of: Map<string, string>) =>
    [...of].map(([name, clientId]) => ({ name, clientId, mode: 'exclusive' }))
  const locks = {
    async request<T>(name: string, run: () => Promise<T>): Promise<T> {
      held.set(name, 'tab')
      try {
        return await run()
      } finally {
        held.delete(name)
      }
    },
    async query() {
      state.looks++
      return { held: listed(held), pending: listed(pending) }
    },
  }
  vi.stubGlobal('navigator', { locks })
  onTestFinished(() => void vi.unstubAllGlobals())
  return {
    hold: (name, client = 'tab') => void held.set(name, client),
    wait: (name, client = 'worker') => void pending.set(name, client),
    die: () => pending.clear(),
    release: (name) => void held.delete(name),
    get looks() {
      return state.looks
    },
  }
}
