/** An open that comes to no end: what it waits for, and what to do. */
import { RowsignalError } from '../errors.ts'
import { heldSdkLocks } from '../libraries/web-storage.ts'
import type { Database } from '../libraries/powersync.ts'
import type { Stop } from '../readable/readable.ts'

/** How long an open may take before it is told. In ms: ten times a slow one. */
const openWarnMs = 10_000

/**
 * Calls `tell` once with `open-waiting` when the database is not open after `ms` (default: 10,000). The message names the locks
 * that are held, and says what to do. The open goes on.
 *
 * @returns Stops it; not needed once the database is open or has failed to.
 * @example
 * watchOpen(database, (error) => show(error.message))
 */
export function watchOpen(
  database: Database,
  tell: (error: RowsignalError) => void,
  ms: number = openWarnMs,
): Stop {
  let isOver = false
  const stop = (): void => {
    isOver = true
    clearTimeout(timer)
  }
  const timer = setTimeout(async () => {
    const locks = await heldSdkLocks(database)
    if (!isOver) tell(openWaiting(database.database.name, locks, ms))
  }, ms)
  database.waitForReady().then(stop, stop)
  return stop
}

function openWaiting(file: string, locks: readonly string[], ms: number): RowsignalError {
  const reason =
    locks.length > 0
      ? `It waits for ${locks.join(', ')}: another tab opens or writes the file, or is frozen with it. Go to that tab, or close it.`
      : 'No other tab has a lock of it: the worker or its WASM did not load (look at the network), or storage does not answer.'
  return new RowsignalError(
    'open-waiting',
    `storage: \`${file}\` is not open after ${ms} ms. ${reason} If that does not help, reload; \`resetStorage\` is the last resort.`,
  )
}
