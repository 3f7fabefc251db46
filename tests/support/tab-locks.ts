/** Locks between tabs, which Node has none of: every name is free at once. */
import { onTestFinished, vi } from 'vitest'

/** @returns The names that are held. */
export function useTabLocks(): ReadonlySet<string> {
  const held = new Set<string>()
  const locks = {
    async request(name: string, run: () => Promise<void>): Promise<void> {
      held.add(name)
      await run()
      held.delete(name)
    },
    query: async () => ({ held: [...held].map((name) => ({ name })) }),
  }
  vi.stubGlobal('navigator', { locks })
  onTestFinished(() => void vi.unstubAllGlobals())
  return held
}
