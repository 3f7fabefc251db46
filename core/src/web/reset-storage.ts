/** Removing a file that does not open any more, or that nobody is to find. */
import { RowsignalError } from '../errors.ts'
import { removeFromIdb, removeFromOpfs } from '../libraries/web-storage.ts'

/**
 * Removes the file of a database, from OPFS and IndexedDB, with all that has not been uploaded. Close it first, in all tabs.
 * One in IndexedDB is open as long as a page lives that has used it: call this before the database is opened.
 *
 * For a file that is broken: what is on the server comes back with the next sync. A sign-out is `signOut`, which keeps the file.
 *
 * @throws {RowsignalError} `storage-held` when a tab has it open still. From IndexedDB it is removed as soon as that page
 * is gone; from OPFS it is to be tried again.
 * @example
 * await database.close()
 * await resetStorage('app.db')
 */
export async function resetStorage(dbFilename: string): Promise<void> {
  try {
    await Promise.all([removeFromOpfs(dbFilename), removeFromIdb(dbFilename)])
  } catch (error) {
    throw new RowsignalError(
      'storage-held',
      `storage: \`${dbFilename}\` could not be removed, since a tab has it open. Close the database, in all tabs, and try again; one in IndexedDB goes when the pages have gone that used it.`,
      { cause: error },
    )
  }
}
