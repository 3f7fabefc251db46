/**
 * The loads of a collection that holds what is asked for: TanStack DB's `loadSubset` and `unloadSubset` as demands, each with
 * the hook of the app. A demand that is within another one is not read; one that was given up is kept for a while.
 */
import type { LoadSubsetOptions } from '@tanstack/db'
import { isRowsignalError, reportToPlatform } from '../errors.ts'
import { onSettled, openTransactions } from '../libraries/tanstack.ts'
import { TryAgain } from '../libraries/try-again.ts'
import { containerOf } from '../subset/contained.ts'
import { Demand } from '../subset/demand.ts'
import { compileSubset } from '../subset/subset.ts'
import type { Capture } from './capture.ts'
import { DemandReads } from './demand-reads.ts'
import type { Follower, StoredRows, SyncMode } from './follower.ts'
import { tellUnpushed } from './tell-developer.ts'
import { type OnLoad, OnLoadRun } from './on-load.ts'

/** Called with what a query asks for; what it returns is called when nobody asks for that any more. */
export type OnLoadSubset = (options: LoadSubsetOptions) => ReturnType<OnLoad>

export interface LoadsOptions {
  readonly syncMode: SyncMode
  readonly onLoadSubset: OnLoadSubset | undefined
  /** How long rows stay that nobody asks for any more. In ms. */
  readonly keepAliveMs: number
  /** The end of the run before. */
  readonly after: Promise<void> | undefined
}

/** Something that is asked for, until it is given up. */
interface Load {
  readonly options: LoadSubsetOptions
  demand: Demand
  readonly hook: OnLoadRun | undefined
  hasFailed: boolean
}

export class Loads {
  readonly #follower: Follower
  readonly #capture: Capture
  readonly #options: LoadsOptions
  readonly #reads: DemandReads
  readonly #loads = new Set<Load>()
  /** The demands that are being read. */
  readonly #reading = new Map<Demand, Promise<void>>()
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  /** Whether the developer knows that a limit is not kept. */
  #hasTold = false
  readonly #again = new TryAgain(() => this.#readEverything())
  /** The rows that nobody wants any more and that are still there. */
  readonly #unwanted = new Set<string>()

  constructor(follower: Follower, capture: Capture, options: LoadsOptions) {
    this.#follower = follower
    this.#capture = capture
    this.#options = options
    this.#reads = new DemandReads(follower, capture)
  }

  /** To be called when the follower has started. */
  start(): void {
    if (this.#options.syncMode === 'progressive') this.#readEverything()
  }

  /** TanStack DB's `loadSubset`. */
  load(options: LoadSubsetOptions): true | Promise<void> {
    if (options.signal?.aborted === true) return Promise.reject(options.signal.reason as Error)
    const demand = this.#demandOf(options)
    const load: Load = { options, demand, hook: this.#hookOf(options), hasFailed: false }
    this.#loads.add(load)
    load.hook?.start()
    if (load.hook === undefined && this.#isShown && this.#share(load.demand)) return true
    return this.#settle(load)
  }

  /** TanStack DB's `unloadSubset`, with the very options of a load. */
  unload(options: LoadSubsetOptions): void {
    const load = [...this.#loads].find((candidate) => candidate.options === options)
    if (load === undefined) return
    this.#loads.delete(load)
    load.hook?.end().catch(reportToPlatform)
    const { isRead, wasRead } = load.demand
    if (isRead || wasRead) this.#after(this.#options.keepAliveMs, () => this.#drop(load.demand))
    else this.#drop(load.demand)
  }

  /** Asks again for what has failed. */
  retry(): void {
    for (const load of this.#loads) {
      if (!load.hasFailed) continue
      load.hasFailed = false
      load.demand = this.#demandOf(load.options)
      load.hook?.retry()
      this.#settle(load).catch(() => undefined) // whoever awaits it has been told before
    }
    this.start()
  }

  /**
   * Ends all hooks; the rows stay.
   *
   * @returns Rejects when what a hook has returned fails.
   */
  async end(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#again.stop()
    const hooks = [...this.#loads].map(({ hook }) => hook)
    this.#loads.clear()
    const ends = await Promise.allSettled(hooks.map(async (hook) => hook?.end()))
    for (const end of ends) if (end.status === 'rejected') throw end.reason
  }

  #demandOf(options: LoadSubsetOptions): Demand {
    const demand = new Demand({ asked: { options, compile: compileSubset } })
    demand.compile(this.#follower.followed)
    return demand
  }

  #hookOf(options: LoadSubsetOptions): OnLoadRun | undefined {
    const { onLoadSubset, after } = this.#options
    if (onLoadSubset === undefined) return undefined
    const onLoad = (): ReturnType<OnLoad> => onLoadSubset(options)
    return new OnLoadRun(this.#follower.collection.id, { onLoad, after }, () => undefined)
  }

  /** Whether the collection shows all that has been read of SQLite. */
  get #isShown(): boolean {
    return this.#follower.state === 'following' && this.#capture.publisher.isShown(this.#follower)
  }

  async #settle(load: Load): Promise<void> {
    try {
      await Promise.all([load.hook?.finished(), this.#read(load.demand)])
    } catch (error) {
      if (!this.#loads.has(load)) return // given up, so that nobody waits for it
      load.hasFailed = true
      this.#drop(load.demand)
      throw error
    }
  }

  #read(demand: Demand): Promise<void> {
    const reading = this.#readOrShare(demand)
    this.#reading.set(demand, reading)
    const done = (): void => void this.#reading.delete(demand)
    reading.then(done, done)
    return reading
  }

  async #readOrShare(demand: Demand): Promise<void> {
    const { demands } = this.#follower
    const container = containerOf(demand, demands)
    const isAsked = (): boolean => [...this.#loads].some((load) => load.demand === demand)
    if (container !== undefined) {
      await this.#reading.get(container)?.catch(() => undefined)
      if (!isAsked()) return
      if (this.#share(demand)) {
        await this.#capture.publisher.publishRows(this.#follower, new Map())
        return
      }
    }
    demands.add(demand)
    this.#capture.want(this.#follower)
    const isWaiting = (): boolean =>
      !demand.isRead && demand.failure === undefined && demands.has(demand)
    while (isWaiting()) {
      await this.#inStep(isWaiting)
      if (isWaiting()) await this.#reads.read(demand)
    }
    if (demand.failure !== undefined) throw demand.failure.error
    if (!this.#hasTold) this.#hasTold = tellUnpushed(this.#follower, demand)
  }

  /** @throws What keeps the table from being read. */
  async #inStep(isWaiting: () => boolean): Promise<void> {
    try {
      await this.#follower.inStep(isWaiting)
    } catch (error) {
      throw isRowsignalError(error, 'capture-failed') ? error.cause : error
    }
  }

  /** Gives a demand its rows of one that has them all, if there is one. */
  #share(demand: Demand): boolean {
    const { demands, state } = this.#follower
    const container = state === 'following' ? containerOf(demand, demands) : undefined
    if (container?.isRead !== true) return false
    demands.add(demand)
    demand.isLive = true
    demand.isRead = true
    for (const [id, row] of container.rows) demand.claim(id, row)
    demand.trim()
    return true
  }

  #readEverything(): void {
    const { demands } = this.#follower
    if (demands.some(({ isBackground }) => isBackground)) return
    const demand = new Demand({ isBackground: true })
    this.#read(demand).then(
      () => this.#again.stop(),
      (error: unknown) => {
        demands.remove(demand) // its failure is that of the collection
        this.#again.failed(error)
      },
    )
  }

  #drop(demand: Demand): void {
    const { demands } = this.#follower
    if (!demands.has(demand)) return
    this.#evict(demands.remove(demand))
    if (demands.isEmpty) void this.#capture.rest(this.#follower)
  }

  /** What is given up in one turn leaves as one change, and not in the midst of what gave it up. */
  #evict(ids: readonly string[]): void {
    if (ids.length === 0) return
    if (this.#unwanted.size === 0) this.#after(0, () => this.#evictUnwanted())
    for (const id of ids) this.#unwanted.add(id)
  }

  #evictUnwanted(): void {
    const follower = this.#follower
    const ids = [...this.#unwanted]
    this.#unwanted.clear()
    const rows: StoredRows = new Map(ids.map((id) => [id, undefined]))
    void this.#capture.publisher.publishRows(follower, new Map([[follower, rows]])).then(() => {
      // A row that somebody writes stays until that has settled.
      const left = ids.filter((id) => follower.isUnclaimed(id))
      if (left.length === 0) return
      for (const transaction of openTransactions(follower.collection)) {
        onSettled(transaction, () => this.#evict(left))
      }
    })
  }

  #after(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, ms)
    this.#timers.add(timer)
  }
}
