/**
 * How long a connection of the PowerSync SDK lasts. `uploadData` is given no signal (@powersync/shared-internals 1.3.0), and
 * `disconnect` waits for it: an upload that waits for its next try has to see that its connection is to end.
 */
import type { Stop } from '../readable/readable.ts'
import type { Database } from './powersync.ts'

interface ConnectionManager {
  /** Of the connection that there is; another object for each, null after `disconnect`. */
  readonly connectionOptions: object | null
  /** Of a connection that is to take its place. */
  readonly connector: object | null
}

/** How often it is looked for, since nothing tells of it. */
const lookMs = 100

/** While an upload runs: a signal that aborts when the connection is to end or to be replaced. */
export function whileConnected(database: Database): {
  readonly signal: AbortSignal
  readonly stop: Stop
} {
  const ending = new AbortController()
  const manager = (database as Partial<{ connectionManager: ConnectionManager }>).connectionManager
  const begun = manager?.connectionOptions ?? null
  const stop = (): void => {
    clearInterval(timer)
    stopClosing()
  }
  const end = (): void => {
    stop()
    ending.abort()
  }
  const look = (): void => {
    const isOver = manager?.connectionOptions !== begun || manager?.connector !== null
    if (begun !== null && isOver) end()
  }
  const timer = setInterval(look, lookMs)
  const stopClosing = database.registerListener({ closing: end })
  return { signal: ending.signal, stop }
}

/** Calls `listener` each time that the sync has got its connection. */
export function onConnected(database: Database, listener: () => void): Stop {
  let wasConnected = database.connected
  return database.registerListener({
    statusChanged({ connected }) {
      const isNews = connected && !wasConnected
      wasConnected = connected
      if (isNews) listener()
    },
  })
}
