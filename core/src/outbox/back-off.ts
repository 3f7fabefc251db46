/** How long a failed upload waits before it is tried again. */
import { isRowsignalError } from '../errors.ts'

/** How the waits grow. */
export interface BackOff {
  /** The first wait, in ms; each one after it is twice as long. Default: 1,000. */
  readonly firstMs?: number | undefined
  /** The longest, in ms. Default: 60,000. */
  readonly maxMs?: number | undefined
}

/** What timers take: 24.8 days. */
const longestMs = 2 ** 31 - 1

/**
 * The wait after a failure, in ms.
 *
 * After a lost connection the first retry comes at once: the request may have been the only one that was lost, and behind it
 * may be thousands. Else, and when that fails too, each wait is twice the one before, and any time between its half and its
 * whole, so that the devices that a failure has brought in step do not come back in step. What a server asks for with
 * `Retry-After` is waited for in any case.
 *
 * @param attempts How often it has failed in a row, this time included.
 */
export function retryDelayMs(
  error: unknown,
  attempts: number,
  { firstMs = 1_000, maxMs = 60_000 }: BackOff = {},
): number {
  const isLost = isLostConnection(error)
  if (isLost && attempts === 1) return 0
  const doublings = Math.min(attempts - (isLost ? 2 : 1), 30)
  const whole = Math.min(firstMs * 2 ** doublings, maxMs)
  const wait = whole * (0.5 + Math.random() / 2)
  return Math.min(Math.max(wait, askedMs(error)), longestMs)
}

/** Whether a request got no answer. `fetch` says so with a `TypeError`, in words that differ from browser to browser. */
export function isLostConnection(error: unknown): boolean {
  return error instanceof Error && error.name === 'TypeError'
}

function askedMs(error: unknown): number {
  if (!isRowsignalError(error, 'upload-failed')) return 0
  return (error as { retryAfterMs?: number }).retryAfterMs ?? 0
}

/** Waits; also ends when `signal` aborts. */
export function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
