/**
 * Where @powersync/web (2.4.0) keeps a file and which locks it takes: in OPFS under its name, with others that begin with the name
 * and `-`; in IndexedDB as a database of its name. An open takes `open-wasqlite-db`, all that uses a file of OPFS `db-lock-<name>`.
 */
import { tabLocks } from './dead-workers.ts'
import type { Database } from './powersync.ts'
import { whenFree } from './storage-faults.ts'

/** The folder of OPFS; undefined where there is none. */
export async function opfsFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  const storage = (globalThis.navigator as Partial<Navigator> | undefined)?.storage
  return storage?.getDirectory?.().catch(() => undefined)
}

export async function opfsHas(folder: FileSystemDirectoryHandle, file: string): Promise<boolean> {
  return folder.getFileHandle(file).then(
    () => true,
    () => false,
  )
}

export async function idbHas(file: string): Promise<boolean> {
  const databases = await indexedDB.databases().catch(() => [])
  return databases.some(({ name }) => name === file)
}

/** @throws What the browser says when the file is open. */
export async function removeFromOpfs(file: string): Promise<void> {
  const folder = await opfsFolder()
  if (folder === undefined) return
  for await (const name of folder.keys()) {
    if (name !== file && !name.startsWith(`${file}-`)) continue
    await whenFree(
      () => folder.removeEntry(name),
      () => true,
    )
  }
}

/** How long a file that is closed may take to go. One that is open goes only later, and a second request says nothing at all. */
const removalMs = 2_000

/** @throws When the file is open. The worker of the SDK keeps it open as long as a page lives that has used it. */
export async function removeFromIdb(file: string): Promise<void> {
  await new Promise<void>((removed, failed) => {
    const request = indexedDB.deleteDatabase(file)
    request.addEventListener('success', () => removed())
    request.addEventListener('error', () => failed(request.error as DOMException))
    const isOpen = (): void => failed(new Error('it is open'))
    request.addEventListener('blocked', isOpen)
    setTimeout(isOpen, removalMs)
  })
}

/** The locks of the SDK on the file, or on the opening of any, that somebody has now. */
export async function heldSdkLocks(database: Database): Promise<string[]> {
  const { held = [] } = (await tabLocks()?.query()) ?? {}
  const names = ['open-wasqlite-db', `db-lock-${database.database.name}`]
  return names.filter((wanted) => held.some(({ name }) => name === wanted))
}
