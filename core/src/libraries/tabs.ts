/**
 * Tabs that share a file: the mark of each, and what a tab that is gone has left. Tracking tables are named after the mark,
 * and a lock of its name is held while the tab lives.
 *
 * On storage that tabs reach through one shared connection the triggers are TEMP objects of that connection, so those of
 * a tab that is gone go on recording for nobody; on other storage they are stored. The SDK (2.3.0) cleans up only stored ones
 * that are whole, and at the next start. So tabs wait for the locks of each other, and who is left sweeps.
 */
import type { LockContext } from '@powersync/common'
import type { Stop } from '../readable/readable.ts'
import { lookForDeadWorkers, tabLocks } from './dead-workers.ts'
import { tellWhenFrozen } from './frozen-tabs.ts'
import { ours } from './lock-holders.ts'
import type { Database } from './powersync.ts'
import { quote } from './sql.ts'
import { whenFree } from './storage-faults.ts'

/** Everything of ours in SQLite starts with it. */
const prefix = 'rowsignal_'

export class TabMark {
  readonly #database: Database
  readonly #name = `${prefix}${crypto.randomUUID().replaceAll('-', '_')}`
  readonly #end = new AbortController()
  /** The locks of other tabs that this one waits for. */
  readonly #awaited = new Set<string>()
  #tables = 0
  #held = false
  #isLeaving = false

  constructor(database: Database) {
    this.#database = database
  }

  /** A new name for a tracking table of this tab. */
  nextDestination(): string {
    return `${this.#name}_${++this.#tables}`
  }

  /** Whether the page is being left or frozen: it may stop at any moment. */
  get isLeaving(): boolean {
    return this.#isLeaving
  }

  /**
   * Takes the lock, and from then on sweeps after tabs that go. Must be done before the first table is made, or another tab
   * would sweep it.
   */
  async hold(): Promise<void> {
    const locks = tabLocks()
    if (locks === undefined || this.#held) return
    const own = lockOf(this.#database.database.name, this.#name)
    await new Promise<void>((held, failed) => {
      locks
        .request(own, () => {
          held()
          return new Promise<void>((release) => this.#onEnd(release))
        })
        .catch(failed)
    })
    this.#held = true
    this.#followPage()
    tellWhenFrozen(this.#database, own, this.#end.signal)
    await this.#meetOthers(locks, own)
  }

  /** Lets the others sweep what this tab has left. */
  release(): void {
    this.#end.abort()
  }

  /**
   * A tab that comes says so to those that are there, after it has its lock; and it listens before it looks who has one. So
   * of two tabs each learns of the other.
   */
  async #meetOthers(locks: LockManager, own: string): Promise<void> {
    const channel = new BroadcastChannel(lockOf(this.#database.database.name, `${prefix}tabs`))
    channel.addEventListener('message', ({ data }) => this.#sweepAfter(locks, data as string))
    if ('unref' in channel) (channel.unref as () => void)() // it is to keep no process of Node alive
    this.#onEnd(() => channel.close())
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has none
    channel.postMessage(own)
    for (const other of await livingTabs(this.#database.database.name)) {
      if (other !== own) this.#sweepAfter(locks, other)
    }
  }

  /** Shared: a frozen tab that is granted the lock keeps it from nobody. They sweep one after the other, as SQLite lets them. */
  #sweepAfter(locks: LockManager, other: string): void {
    if (this.#awaited.has(other)) return
    this.#awaited.add(other)
    const { signal } = this.#end
    const onGone = (): Promise<void> => {
      lookForDeadWorkers() // it may have been the host of one
      return sweepDeadTabs(this.#database, () => !signal.aborted)
    }
    locks
      .request(other, { mode: 'shared', signal }, onGone)
      .catch(() => undefined) // this tab has ended, or SQLite fails: then so do others, or the next tab sweeps
      .finally(() => this.#awaited.delete(other))
  }

  /** Before the app is told, which may close the database then. */
  #followPage(): void {
    const options = { capture: true, signal: this.#end.signal }
    for (const [event, isLeaving] of pageEvents) {
      globalThis.addEventListener?.(event, () => (this.#isLeaving = isLeaving), options)
    }
  }

  #onEnd(end: Stop): void {
    const { signal } = this.#end
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  }
}

const pageEvents = [
  ['pagehide', true],
  ['freeze', true],
  ['resume', false],
  ['pageshow', false],
] as const

/** An origin may have several files, whose tabs are nothing to each other. */
function lockOf(file: string, mark: string): string {
  return `${mark} ${file}`
}

/** The locks of the tabs of this file. Who waits for the end of one has it shared. */
export async function livingTabs(file: string): Promise<Set<string>> {
  const { held = [] } = (await tabLocks()?.query()) ?? {}
  const names = held.filter(({ mode }) => mode !== 'shared').map(({ name = '' }) => name)
  const ofFile = lockOf(file, '')
  return new Set(names.filter((name) => name.startsWith(prefix) && name.endsWith(ofFile)))
}

const uuid = '[0-9a-f]{8}(?:_[0-9a-f]{4}){3}_[0-9a-f]{12}'
const trackingTable = new RegExp(`^(${prefix}${uuid})_\\d+$`)
/** As the SDK (2.3.0) names the triggers of a destination. */
const trackingTrigger = new RegExp(
  `^__ps_temp_trigger_(?:insert|update|delete)__(${prefix}${uuid})_\\d+__${uuid}$`,
)

/**
 * Removes the triggers and tracking tables of tabs that are gone: TEMP ones on a connection that tabs share, and stored
 * tables whose triggers the end of a tab has cut off (the SDK finds a table only by its triggers).
 *
 * Only what is named and made as ours is: an app may have `rowsignal_…` of its own.
 */
export async function sweepDeadTabs(database: Database, isWanted = () => true): Promise<void> {
  const sweep = (lock: LockContext): Promise<void> => sweepDeadTabsIn(lock, database)
  const ask = ours('the sweep after a tab that is gone', sweep)
  await whenFree(() => database.writeLock(ask), isWanted) // a tab that is just gone may have the file still
}

/** The same under a write lock that is held. Where there are no locks between tabs, nobody knows who is gone. */
export async function sweepDeadTabsIn(lock: LockContext, database: Database): Promise<void> {
  if (tabLocks() === undefined) return
  const found = await tracking(lock)
  if (found.length === 0) return
  const file = database.database.name
  const living = await livingTabs(file)
  const dead = found.filter(({ mark }) => !living.has(lockOf(file, mark)))
  for (const { type, name } of dead) await lock.execute(`DROP ${type} IF EXISTS ${quote(name)}`)
}

/** The tracking tables of all tabs and their triggers, these first, in the file and among what is TEMP. */
async function tracking(
  lock: LockContext,
): Promise<{ type: 'trigger' | 'table'; name: string; mark: string }[]> {
  const found = await lock.getAll<{ type: 'trigger' | 'table'; name: string }>(
    `SELECT type, name FROM sqlite_temp_master WHERE type IN ('trigger', 'table')
     UNION ALL SELECT type, name FROM sqlite_master WHERE type IN ('trigger', 'table') ORDER BY type DESC`,
  )
  return found.flatMap(({ type, name }) => {
    const mark = (type === 'table' ? trackingTable : trackingTrigger).exec(name)?.[1]
    return mark === undefined ? [] : [{ type, name, mark }]
  })
}
