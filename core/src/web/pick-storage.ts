/** Which storage of @powersync/web (2.4.0) to keep a file in: docs/storage.md has the figures. */
import { WASQLiteVFS } from '@powersync/web'
import { opfsFolder } from '../libraries/storage-faults.ts'
import { idbHas, opfsHas, opfsHasAhead } from '../libraries/web-storage.ts'

export interface PickedStorage {
  /** For the `database` option of `openPowerSync`. */
  readonly vfs: WASQLiteVFS
  /** Why, for a log. */
  readonly reason: string
}

/**
 * Picks the storage for a file: where it is already, for another would be empty; else OPFS (`OPFSCoopSyncVFS`), which is two to
 * three times as fast as IndexedDB and runs in each tab by itself; IndexedDB where the browser, or a private window of it, has no OPFS.
 *
 * `OPFSWriteAheadVFS` is picked only for a file that it has made: it does not open in Firefox 153, and with three tabs that write its slowest writes took
 * five times as long.
 *
 * Cost: three look-ups by name.
 *
 * @example
 * const { vfs } = await pickStorage('app.db')
 * const database = openPowerSync({ schema, database: { dbFilename: 'app.db', vfs } })
 */
export async function pickStorage(dbFilename: string): Promise<PickedStorage> {
  const [idb, opfs] = [WASQLiteVFS.IDBBatchAtomicVFS, WASQLiteVFS.OPFSCoopSyncVFS]
  const folder = await opfsFolder()
  if (folder === undefined) return { vfs: idb, reason: 'this browser, or window, has no OPFS' }
  if (await opfsHasAhead(folder, dbFilename))
    return {
      vfs: WASQLiteVFS.OPFSWriteAheadVFS,
      reason: 'the file is in OPFS, with a log that no other storage reads',
    }
  if (await opfsHas(folder, dbFilename)) return { vfs: opfs, reason: 'the file is in OPFS' }
  if (await idbHas(dbFilename)) return { vfs: idb, reason: 'the file is in IndexedDB' }
  return { vfs: opfs, reason: 'OPFS is faster than IndexedDB' }
}
