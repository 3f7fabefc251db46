/** The connections of @powersync/web (2.4.0) to SQLite, and how one is let go of whose worker may not answer. */
import type { PowerSyncLogger } from '@powersync/common'
import { type WebDBAdapter, type WebSQLOpenOptions, WASQLiteOpenFactory } from '@powersync/web'
import type { Stop } from '../readable/readable.ts'

/** What a client of the SDK has: how it ends the lock by which its worker knows of it, and the worker or the port to it. */
interface Client {
  readonly options: { readonly onClose?: Stop }
}

class Factory extends WASQLiteOpenFactory {
  isReleased = false
  readonly #clients: Client[] = []

  override async openConnection(): ReturnType<WASQLiteOpenFactory['openConnection']> {
    const pool = await super.openConnection()
    this.#clients.push(...([pool.writer, ...pool.additionalReaders] as unknown as Client[]))
    if (this.isReleased) this.release()
    return pool
  }

  release(): void {
    this.isReleased = true
    for (const { options } of this.#clients.splice(0)) options.onClose?.()
  }
}

/**
 * Opens a connection.
 *
 * @returns `release` ends it at once: a worker of the tab itself is terminated, as a crash would, and one that tabs share learns
 * that this tab is gone. SQLite rolls back what was not committed.
 */
export function openWebAdapter(
  open: WebSQLOpenOptions,
  logger: PowerSyncLogger,
): { adapter: WebDBAdapter; opened: Promise<unknown>; release: Stop } {
  const factory = new Factory({ open, logger })
  const adapter = factory.openDB() as WebDBAdapter & { init(): Promise<void> }
  return { adapter, opened: adapter.init(), release: () => factory.release() }
}
