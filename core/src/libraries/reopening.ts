/** What a database tells that opens its file again by itself, as that of `openPowerSync` does. */
import type { Stop } from '../readable/readable.ts'
import type { Database } from './powersync.ts'

/** What an adapter that opens its file again tells, beside `tablesUpdated`. */
export interface ReopeningListener {
  /** The connection is given up, and with it all that is TEMP; the next comes later. What waits for SQLite waits on. */
  connectionLeft(): void
  /** Another connection is being opened. It has nothing TEMP, and others may have written meanwhile. */
  connectionReplaced(): void
}

export interface ReopeningAdapter {
  readonly reopens: true
  /**
   * Ends a worker that tabs share, if it answers nobody since the disk is full: where each tab has it by `openPowerSync`. Writes
   * that wait reject; what else waits is asked of the next one.
   */
  endFullWorker(): void
  registerListener(listener: Partial<ReopeningListener>): Stop
}

/** Whether a lost worker of the database is its own affair. */
export function reopens(database: Database): boolean {
  return (database.database as Partial<ReopeningAdapter>).reopens === true
}

/** Ends the worker that answers nobody since the disk is full, where that is the database's own affair. */
export function endFullWorker({ database }: Database): void {
  ;(database as Partial<ReopeningAdapter>).endFullWorker?.()
}

export function onReopening(database: Database, listener: ReopeningListener): Stop {
  if (!reopens(database)) return () => undefined
  return (database.database as unknown as ReopeningAdapter).registerListener(listener)
}
