/**
 * Tabs that are frozen and have a file of @powersync/web (2.4.0): who wants it waits until they go on.
 *
 * A browser tells a page before it stops it. The page takes a lock then, which stays held while it stands still, and gives it
 * back when it goes on. So this is no guess by the time that an answer takes: a tab that is slow has no such lock.
 *
 * - Where SQLite runs in a worker of the tab's own (OPFS), that worker is frozen with it, and locks tell whether it is what
 *   others wait for: also between two writes, for OPFSCoopSyncVFS keeps the file and OPFSWriteAheadVFS the right to write until
 *   they are asked for it.
 * - Where tabs share a worker (IndexedDB), that goes on, and is held up only by a tab that has asked it for something and can't
 *   say that it is done.
 */
import { RowsignalError } from '../errors.ts'
import type { Stop } from '../readable/readable.ts'
import { closeSignal, tabLocks } from './dead-workers.ts'
import { hasOwnWorker, isWeb } from './ending.ts'
import type { Look } from './held-up.ts'
import { callsOf } from './lost-calls.ts'
import type { Database } from './powersync.ts'
import { reopens } from './reopening.ts'

/** Begins the names of the locks of pages that are frozen. */
const frozen = 'frozen_'
/** The same of one that is in the middle of a call to a worker that tabs share. */
const inCall = 'frozen-in-call_'

/** Locks that this page has taken: it looks with them still held when it has just gone on. */
const ownLocks = new Set<string>()

/**
 * Has this page say when it is frozen with the file of the database.
 *
 * @param mark Names the database of this tab, no other, and ends with the name of the file.
 */
export function tellWhenFrozen(database: Database, mark: string, over: AbortSignal): void {
  const locks = tabLocks()
  if (locks === undefined || !isWeb(database) || reopens(database)) return // one that opens its file again lets go of it
  let goOn: Stop = () => undefined
  const onFreeze = (): void => {
    const kind = kindOf(database)
    if (kind === undefined) return
    const name = `${kind}${Date.now()} ${mark}`
    const gone = new Promise<void>((resolve) => (goOn = resolve))
    ownLocks.add(name)
    void locks.request(name, () => gone).finally(() => ownLocks.delete(name))
  }
  const options = { capture: true, signal: over }
  globalThis.addEventListener?.('freeze', onFreeze, options)
  globalThis.addEventListener?.('resume', () => goOn(), options)
}

function kindOf(database: Database): string | undefined {
  if (!database.ready) return undefined
  if (hasOwnWorker(database)) return frozen
  return callsOf(database.database).areWaiting ? inCall : undefined
}

/** Looks whether a frozen tab has what a worker of this page waits for, or has left the one that tabs share in a call. */
export const frozenTab =
  (file: string): Look =>
  async ({ holder }) => {
    const { held = [], pending = [] } = (await tabLocks()?.query()) ?? {}
    const wanted = locksOf(file).filter((lock) => pending.some(({ name }) => name === lock))
    const wantedOf = held.filter(({ name = '' }) => wanted.includes(name))
    const found = marksOf(held, file).find(({ tab, isInCall }) => {
      if (isInCall) return holder === undefined
      const workers = workersOf(tab, held, pending)
      return wantedOf.some(({ clientId }) => workers.has(clientId))
    })
    if (found === undefined) return undefined
    return { key: `frozen ${found.since}`, error: () => storageHeld(file, found.since) }
  }

interface Mark {
  /** Whose it is. */
  readonly tab: string | undefined
  readonly isInCall: boolean
  /** Since when it is frozen, by `Date.now()`. */
  readonly since: number
}

function marksOf(held: readonly LockInfo[], file: string): Mark[] {
  return held.flatMap(({ name = '', clientId: tab }) => {
    const kind = [frozen, inCall].find((prefix) => name.startsWith(prefix))
    if (kind === undefined || !name.endsWith(` ${file}`) || ownLocks.has(name)) return []
    return [{ tab, isInCall: kind === inCall, since: Number.parseInt(name.slice(kind.length), 10) }]
  })
}

/** The workers of a tab: each waits for a lock of it, to learn that it is gone. */
function workersOf(
  tab: string | undefined,
  held: readonly LockInfo[],
  pending: readonly LockInfo[],
): Set<string | undefined> {
  const signals = new Set(held.filter(({ clientId }) => clientId === tab).map(({ name }) => name))
  const waiting = pending.filter(
    ({ name = '' }) => name.startsWith(closeSignal) && signals.has(name),
  )
  return new Set(waiting.map(({ clientId }) => clientId))
}

/** What a worker has that uses a file of OPFS: the SDK's lock, that of OPFSCoopSyncVFS, and that of OPFSWriteAheadVFS. */
function locksOf(file: string): string[] {
  return [`db-lock-${file}`, `ahp:${new URL(file, 'file://').pathname}`, `${file}#write`]
}

function storageHeld(file: string, since: number): RowsignalError {
  const seconds = Math.round((Date.now() - since) / 1000)
  return new RowsignalError(
    'storage-held',
    `storage: \`${file}\` is held by another tab, which its browser has frozen ${seconds} s ago. What waits for it here goes on by itself ` +
      'as soon as that tab does: show it, or close it. A database of `openPowerSync` of `@rowsignal/core/web` lets go of its file when it is frozen.',
  )
}
