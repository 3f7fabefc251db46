/**
 * Of which databases of @powersync/web (2.4.0) a dead worker was. The SDK tells no lock of a database, so where a page has several
 * each is asked: a worker that lives answers. Who does not, in a moment in which one is known to be dead, is it.
 */
import type { Stop } from '../readable/readable.ts'
import type { Database } from './powersync.ts'

/** How long a worker that lives may take to answer, in ms. One that takes longer is taken for dead only if another is. */
const answerMs = 1_500

/** A port to a worker: to read what it does not have is answered as soon as it has a moment. */
interface Port {
  readonly isThere?: Promise<unknown>
}

/** What has the ports: the adapter of a database, once it is open, and the sync of its connection, once it is connected. */
interface Ports {
  readonly database: {
    readonly resolvedWriter?: { readonly options: { readonly source: Port | null } }
  }
  readonly connectionManager: {
    readonly syncStreamImplementation: { readonly syncManager?: Port } | null
  }
}

/** Calls `lost` if the worker of the database is dead: the one that has SQLite, or the one that syncs. */
export async function unlessAnswered(
  database: Database,
  which: 'sqlite' | 'sync',
  lost: Stop,
): Promise<void> {
  const { database: adapter, connectionManager } = database as unknown as Ports
  const port =
    which === 'sqlite'
      ? adapter.resolvedWriter?.options.source
      : connectionManager.syncStreamImplementation?.syncManager
  if (port === undefined || port === null) return
  const timer = setTimeout(lost, answerMs)
  // Whatever it answers. The port is a proxy: a `catch` called on what is read of it would be called in the worker.
  await Promise.resolve(port.isThere).catch(() => undefined)
  clearTimeout(timer)
}
