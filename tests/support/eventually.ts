import { vi } from 'vitest'

/**
 * How long a test waits for what must come, in ms. Far longer than it takes: a machine that is busy with other things must
 * not make a test fail. Shorter than the limit of a test, so that what is told is what was waited for.
 */
export const patienceMs = 120_000

/** The one way to wait: until `check` does not throw. Resolves with what it gives, rejects with what it threw last. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: patienceMs, interval: 10 })
}
