/**
 * SQLite in IndexedDB that answers nobody any more: where its storage can't be written, `IDBBatchAtomicVFS` (@powersync/web 2.4.0)
 * rejects in the middle of a call of SQLite, which never comes back then, also with space again. The worker lives as long as a tab
 * does, and nobody can end it: what can be done is to say so.
 */
import { RowsignalError } from '../errors.ts'
import { hasOwnWorker, isWeb } from './ending.ts'
import type { Look } from './held-up.ts'
import type { Database } from './powersync.ts'
import { isFullStorage } from './storage-faults.ts'

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
    if (await isFullStorage()) stuckSince = since
    return stuckSince === since
  }
  return async (_page, since) => {
    if (!isWeb(database) || (database.ready && hasOwnWorker(database))) return undefined
    if (!(await isStuck(since))) return undefined
    return { key: `stuck ${since}`, error: () => stuck(database.database.name) }
  }
}

function stuck(file: string): RowsignalError {
  return new RowsignalError(
    'storage-full',
    `storage: the disk is full, or the browser gives this page no more of it, and SQLite of \`${file}\` has not answered since. ` +
      'In IndexedDB it may never do so, and nothing of what waits is stored then. Have the user free space, and load all tabs again.',
  )
}
