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
  /** Who has it. */
  holder(name: string): string | undefined
  /** How often the locks were looked at. */
  readonly looks: number
  /** The names of those that were asked for. */
  readonly asked: readonly string[]
}

export function useWebLocks(): WebLocks {
  const held = new Map<string, string>() // by name, whose
  const pending = new Map<string, string>()
  const state = { looks: 0 }
  const asked: string[] = []
  const listed = (of: Map<string, string>) =>
    [...of].map(([name, clientId]) => ({ name, clientId, mode: 'exclusive' }))
  const locks = {
    async request<T>(name: string, ...how: [LockOptions, () => T] | [() => T]): Promise<T> {
      asked.push(name)
      const [run, { signal }] = how.length === 1 ? [how[0], {} as LockOptions] : [how[1], how[0]]
      const waiter = pending.get(name)
      if (waiter !== undefined) {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve))
        // Who waits is looked at, as Chromium does with a lock that it had forgotten.
        if (!held.has(name) && pending.delete(name)) held.set(name, waiter)
        throw signal?.reason
      }
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
    holder: (name) => held.get(name),
    asked,
    get looks() {
      return state.looks
    },
  }
}
