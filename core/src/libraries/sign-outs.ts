/**
 * The end of a user's time with a database, told before anything of it happens: what is kept of the user's rows beside SQLite is
 * dropped first.
 *
 * The SDK tells of a clear only when it is done (@powersync/common 2.3.0), so its `disconnectAndClear` is asked to wait, of a
 * database that somebody listens to.
 */
import { perObject } from '../readable/per-object.ts'
import type { Database } from './powersync.ts'

type Listener = () => Promise<void>

const listenersOf = perObject((_database: Database) => new Set<Listener>())

/** Calls `listener` before a sign-out and before a clear, which waits for it. */
export function onSignOut(database: Database, listener: Listener): void {
  const listeners = listenersOf(database)
  if (listeners.size === 0) {
    const clear = database.disconnectAndClear.bind(database)
    database.disconnectAndClear = async (options) => {
      await tellSignOut(database)
      await clear(options)
    }
  }
  listeners.add(listener)
}

/** Says that the user signs out. */
export async function tellSignOut(database: Database): Promise<void> {
  await Promise.all([...listenersOf(database)].map((listener) => listener()))
}
