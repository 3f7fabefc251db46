/**
 * Where @powersync/web (2.4.0) keeps a file and which locks it takes: in OPFS under its name, with SQLite's own beside it; in
 * IndexedDB as a database of its name. An open takes `open-wasqlite-db`, all that uses a file of OPFS `db-lock-<name>`.
 */
import { tabLocks } from './dead-workers.ts'
import type { Database } from './powersync.ts'
import { opfsFolder, whenFree } from './storage-faults.ts'
import { livingTabs } from './tabs.ts'

/** What of OPFSCoopSyncVFS and OPFSWriteAheadVFS is beside a file. Any other is another file, whose name begins alike. */
const besideFile = /^-(?:journal|wal|wa\d+)$/

/** The folder in which a file of OPFS is, and its name there: a name of a file may have those of folders before it. */
async function opfsPlace(
  folder: FileSystemDirectoryHandle,
  file: string,
): Promise<{ within: FileSystemDirectoryHandle; name: string }> {
  const folders = file.split('/').filter((part) => part !== '')
  const name = folders.pop() ?? ''
  let within = folder
  for (const one of folders) within = await within.getDirectoryHandle(one)
  return { within, name }
}

export async function opfsHas(folder: FileSystemDirectoryHandle, file: string): Promise<boolean> {
  try {
    const { within, name } = await opfsPlace(folder, file)
    await within.getFileHandle(name)
    return true
  } catch {
    return false
  }
}

/** Whether OPFSWriteAheadVFS keeps the file: what it has committed may be in a log of its own, which no other storage reads. */
export function opfsHasAhead(folder: FileSystemDirectoryHandle, file: string): Promise<boolean> {
  return opfsHas(folder, `${file}-wa0`)
}

export async function idbHas(file: string): Promise<boolean> {
  const databases = await indexedDB.databases().catch(() => [])
  return databases.some(({ name }) => name === file)
}

/**
 * A tab that has the file open and does nothing with it may have let go of it for a moment (OPFSCoopSyncVFS), in which the browser
 * would remove it under the tab: so tabs that have collections of it are asked for first.
 *
 * @throws When a tab has the file open: that one is there, or what the browser says.
 */
export async function removeFromOpfs(file: string): Promise<void> {
  const folder = await opfsFolder()
  if (folder === undefined || !(await opfsHas(folder, file))) return
  if ((await livingTabs(file)).size > 0) throw new Error('a tab has it open')
  const { within, name } = await opfsPlace(folder, file)
  for await (const other of within.keys()) {
    const isBeside = other.startsWith(name) && besideFile.test(other.slice(name.length))
    if (other !== name && !isBeside) continue
    await whenFree(
      () => within.removeEntry(other),
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
