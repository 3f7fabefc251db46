/**
 * SQLite in IndexedDB that answers nobody any more: where its storage can't be written, `IDBBatchAtomicVFS` (@powersync/web 2.4.0)
 * rejects in the middle of a call of SQLite, which never comes back then, also with space again. The worker lives as long as a tab
 * does. `openPowerSync` ends it; of the SDK's own database nobody can, and what can be done is to say so.
 */
import type { RowsignalError } from '../errors.ts'
import { hasOwnWorker, isInIndexedDb, isWeb } from './ending.ts'
import type { Look } from './held-up.ts'
import type { Database } from './powersync.ts'
import { endFullWorker, reopens } from './reopening.ts'
import { isFullStorage, storageFull } from './storage-faults.ts'

/** How long nobody is served before it is looked, and between two looks, since each writes a MB. In ms. */
const doubtMs = 1_500

/** Looks whether nobody is served in a worker that tabs share, and nothing can be written either. */
export function stuckStorage(database: Database): Look {
  let lookedAt = -Infinity
  /** Since when it stands still, once that is known: it stays so with space again. */
  let stuckSince: number | undefined
  const isStuck = async (since: number): Promise<boolean> => {
    const now = performance.now()
    if (stuckSince === since || now - Math.max(since, lookedAt) < doubtMs) {
      return stuckSince === since
    }
    lookedAt = now
    if (!(await isFullStorage())) return false
    stuckSince = since
    endFullWorker(database)
    return true
  }
  return async (_page, since) => {
    if (!mayBeStuck(database)) return undefined
    if (!(await isStuck(since))) return undefined
    return { key: `stuck ${since}`, error: () => stuck(database) }
  }
}

/** Of one that is not open yet that is not known. */
function mayBeStuck(database: Database): boolean {
  if (!isWeb(database)) return false
  return !database.ready || (isInIndexedDb(database) && !hasOwnWorker(database))
}

function stuck(database: Database): RowsignalError {
  const advice = reopens(database)
    ? 'It is opened again, unless a tab has it without `openPowerSync`: load that one again. Have the user free space.'
    : 'In IndexedDB it may never do so, and nothing of what waits is stored then. Have the user free space, and load all tabs again.'
  return storageFull(
    `and SQLite of \`${database.database.name}\` has not answered since. ${advice}`,
  )
}
