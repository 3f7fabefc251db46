/** `openPowerSync`: a database of @powersync/web that goes on when its worker dies, and lets others go on when its page stops. */
import {
  type BasePowerSyncDatabaseOptions,
  createConsoleLogger,
  type DBAdapter,
  LogLevels,
  type PowerSyncCloseOptions,
} from '@powersync/common'
import {
  PowerSyncDatabase,
  WebPowerSyncDatabase,
  type WebSpecificOptions,
  type WebSQLOpenOptions,
} from '@powersync/web'
import { RowsignalError } from '../errors.ts'
import { tablesOf } from '../libraries/powersync.ts'
import type { Loss } from '../libraries/dead-workers.ts'
import { whenFree } from '../libraries/storage-faults.ts'
import { droppable } from '../libraries/web-sync.ts'
import type { Stop } from '../readable/readable.ts'
import { onPageLife } from './page-life.ts'
import { ReopeningAdapter } from './reopening-adapter.ts'

/** What `openPowerSync` takes: the options of `PowerSyncDatabase` of @powersync/web, with the file as `database`. */
export interface OpenPowerSyncOptions extends BasePowerSyncDatabaseOptions, WebSpecificOptions {
  /** The file, by its name, and the `vfs` that it is kept in. */
  readonly database: WebSQLOpenOptions
}

/**
 * Opens a database that opens its file again by itself: when the worker that has its SQLite or its sync dies, when the page
 * comes back from the back/forward cache, and when a tab that was frozen goes on.
 *
 * Use it in place of `new PowerSyncDatabase(…)` of @powersync/web. It is one, with what that has: collections, statements and
 * the sync streams go on, `connect` is done again with the same connector. A write, or any callback of a lock, that was under
 * way and has stored nothing is run again; one of which that is not known rejects with `database-lost`. A write that waits for a
 * full IndexedDB, whose worker stands still, rejects with `storage-full`.
 *
 * While the page is in the cache or frozen the file and the sync are let go of, so that other tabs go on.
 */
export function openPowerSync(options: OpenPowerSyncOptions): PowerSyncDatabase {
  const isOnServer = options.database.ssrMode ?? !('window' in globalThis)
  return isOnServer ? new PowerSyncDatabase(options) : new ReopeningDatabase(options)
}

class ReopeningDatabase extends WebPowerSyncDatabase {
  readonly #adapter: ReopeningAdapter
  readonly #stops: readonly Stop[]
  /** What `connect` was called with last, until `disconnect`. */
  #wanted: Parameters<WebPowerSyncDatabase['connect']> | undefined
  #dropSync: Stop = () => undefined
  /** The start that runs, or was well. */
  #start: Promise<void> | undefined
  #hasFailed = false
  /** How often a sync was begun since one has. */
  #syncTries = 0
  #isLeft = false
  /** Which of the times it is that the sync is connected again. */
  #turn = 0

  constructor({ database: open, ...options }: OpenPowerSyncOptions) {
    const logger = options.logger ?? createConsoleLogger()
    const adapter = new ReopeningAdapter({
      open,
      logger,
      prepare: (opened) => this.#prepare(opened),
      hasTabs: () => this.resolvedOpenOptions.enableMultiTabs,
      tables: () => tablesOf(this),
      faulted: () => this.#dropSync(),
      removed: () => this.#tellRemoved(),
    })
    super({ ...options, logger, opened: adapter })
    this.#adapter = adapter
    this.resolvedOpenOptions = { ...this.resolvedOpenOptions, ...open }
    this.#stops = [
      adapter.registerListener({ connectionReplaced: () => void this.#connectAgain() }),
      onPageLife({
        leave: () => this.#leave(),
        freeze: () => this.#freeze(),
        comeBack: () => this.#comeBack(),
      }),
    ]
  }

  /** A start that fails, as on a full disk, is told to who waits for it; who asks after that has it tried again. */
  override async waitForReady(): Promise<void> {
    if (!this.ready) await (this.#start ??= this.#begin())
  }

  async #begin(): Promise<void> {
    try {
      if (!this.#hasFailed) return await super.waitForReady()
      await this.initialize()
    } catch (error) {
      this.#hasFailed = true
      this.#start = undefined
      throw error
    }
    void this.#connectAgain()
  }

  /** Called by the constructor of the SDK, before there is anything of ours, as is the next. */
  protected override initialize(): Promise<void> {
    return whenFree(
      () => super.initialize(),
      () => !this.closed,
    )
  }

  override async _initialize(): Promise<void> {
    await (this.database as ReopeningAdapter).opened()
    await super._initialize()
  }

  protected override generateSyncStreamImplementation(
    ...args: Parameters<WebPowerSyncDatabase['generateSyncStreamImplementation']>
  ): ReturnType<WebPowerSyncDatabase['generateSyncStreamImplementation']> {
    // Where the worker that syncs has SQLite, too, one ends with the other.
    const make = () => super.generateSyncStreamImplementation(...args)
    const { sync, drop } = droppable(() => this.#adapter.frame.within(make), {
      tries: this.#syncTries++,
      onBegun: () => (this.#syncTries = 0),
      onFailed: () => void this.#connectAgain(),
      onLost: (loss) => this.#onSyncLost(loss),
    })
    this.#dropSync = drop
    return sync
  }

  override async connect(...wanted: Parameters<WebPowerSyncDatabase['connect']>): Promise<void> {
    this.#wanted = wanted
    // The SDK would never connect again after a `connect` that found no database.
    const isReady = await this.#isReady()
    if (isReady && this.#wanted === wanted && !this.#isLeft) await super.connect(...wanted)
  }

  /** One that is not ready connects when a later start is well. */
  #isReady(): Promise<boolean> {
    return this.waitForReady().then(
      () => true,
      () => false,
    )
  }

  override async disconnect(): Promise<void> {
    this.#wanted = undefined
    await super.disconnect()
  }

  override async close(options?: PowerSyncCloseOptions): Promise<void> {
    await super.close(options)
    for (const stop of this.#stops) stop()
  }

  /** As the SDK does with the first connection. */
  async #prepare(adapter: DBAdapter): Promise<void> {
    const schema = JSON.stringify(this.schema.toJSON())
    await adapter.writeTransaction((lock) =>
      lock.execute('SELECT powersync_replace_schema(?)', [schema]),
    )
    await adapter.execute('PRAGMA RECURSIVE_TRIGGERS=TRUE')
  }

  /** SQLite of OPFS runs in a worker of the tab itself; any other is in the worker that syncs, and dies with it. */
  #onSyncLost(loss: Loss): void {
    if (loss === 'dead' && !this.#adapter.hasOwnWorker) this.#adapter.replace()
    else void this.#connectAgain()
  }

  /** The worker that syncs asks a tab for SQLite, and would wait ten seconds for it, and never again. */
  async #connectAgain(): Promise<void> {
    this.#dropSync()
    const turn = ++this.#turn
    await this.#adapter.opened().catch(() => undefined) // who asks for SQLite is told
    if (!(await this.#isReady())) return
    if (turn !== this.#turn || this.#isLeft || this.closed || this.#wanted === undefined) return
    await super.connect(...this.#wanted).catch(() => undefined) // it is in the status
  }

  #tellRemoved(): void {
    const error = new RowsignalError(
      'storage-removed',
      `${this.database.name}: the browser has removed all that this page had stored. What was not uploaded is lost; the rest comes with the sync. navigator.storage.persist() asks it not to do that for want of space.`,
    )
    this.logger.log({ level: LogLevels.error, message: error.message, error })
  }

  #leave(): void {
    if (this.#isLeft || this.closed) return
    this.#isLeft = true
    this.#dropSync()
    this.#adapter.leave()
  }

  /** Nor is it to keep a worker that others want to end, for which a browser would keep no page in its cache either. */
  #freeze(): void {
    this.#leave()
    this.#adapter.frame.remove()
  }

  #comeBack(): void {
    if (!this.#isLeft) return
    this.#isLeft = false
    this.#adapter.replace()
  }
}
