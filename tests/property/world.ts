/** One database with its collections, live queries and subscribers, and everything that a program's steps need of it. */
import { LogLevels } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection } from '@rowsignal/core'
import type { Transaction } from '@tanstack/db'
import { openDatabase } from '../support/database.ts'
import { SyncEndpoint } from '../support/sync-endpoint.ts'
import { startAudit } from './audit.ts'
import { Ledger, type QueueEntry, type RowName, type Write } from './ledger.ts'
import { type Demanded, openDemand, type Shape } from './demands.ts'
import { LostAnswers } from './lost-answers.ts'
import {
  collectionNames,
  type CollectionName,
  type Mutation,
  type OnDemandName,
  onDemandNames,
} from './program.ts'
import { openQueries, type OpenQuery } from './queries.ts'
import { History, Replica, type AnyCollection } from './recorder.ts'
import {
  columnsOf,
  placeSchema,
  schema,
  storedColumnsOf,
  storedPlaceSchema,
  tableNames,
  tokenOf,
  type Columns,
  type TableName,
} from './tables.ts'

/** What the programs' own subscribers throw. */
export class ThrownBySubscriber extends Error {}

/** What the programs' own transactions fail with. */
export class Planned extends Error {}

/** A collection with who listens to it. */
interface Followed {
  readonly collection: ProgramCollection
  readonly replica: Replica
  readonly stop: () => void
}

/** A collection of any of the tables. */
export interface ProgramCollection extends AnyCollection {
  insert(rows: Columns | Columns[]): Transaction
  delete(keys: string | string[]): Transaction
}

export function tableOf(name: CollectionName): TableName {
  return name === 'todosAgain' || isOnDemand(name) ? 'todos' : name
}

export function isOnDemand(name: CollectionName): name is OnDemandName {
  return onDemandNames.some((other) => other === name)
}

export class World {
  readonly database: PowerSyncDatabase
  readonly endpoint = new SyncEndpoint()
  readonly ledger = new Ledger()
  /** What was seen to be wrong while the program ran. */
  readonly faults: string[] = []
  /** Transactions whose `mutationFn` does not write, with whatever lands in them. */
  readonly foreign = new WeakSet<Transaction>()
  readonly #followed = new Map<CollectionName, Followed>()
  /** One a collection and run of its sync. */
  readonly #histories: History[] = []
  /** What subscribers do at their next notification. */
  readonly #armed = new Map<string, (() => void)[]>()
  /** Ends the subscriptions of those that write. */
  #stopWriters: (() => void)[] = []
  readonly #waits = new Set<Promise<unknown>>()
  #later: { steps: number; run: () => void }[] = []
  #queries: OpenQuery[] = []
  /** How many transactions over several collections have not settled. */
  spanning = 0
  /** Whether the client wants to be connected. */
  isConnected = false
  /** A clear has emptied the queue of uploads. */
  hasCleared = false
  hasSoftlyCleared = false
  needsServer = false
  /** Loads that have not settled. */
  loading = 0
  #demands: Demanded[] = []
  #hookFailures: number[] = []
  readonly #answers = new LostAnswers()

  private constructor(database: PowerSyncDatabase) {
    this.database = database
  }

  static async open(): Promise<World> {
    const database = await openDatabase(schema, { logLevel: LogLevels.error + 1 })
    const world = new World(database)
    await world.#prepare()
    await world.#answers.watch(database)
    const options = { database, syncBatchSize: 2 }
    const todos = {
      ...options,
      table: schema.props.todos,
      onLoadSubset: () => world.#onLoadSubset(),
    }
    const collections = {
      someTodos: createPowerSyncCollection({ ...todos, syncMode: 'on-demand' }),
      keptTodos: createPowerSyncCollection({
        ...todos,
        syncMode: 'on-demand',
        keepAliveMs: 20,
        onLoadSubset: undefined,
      }),
      progressiveTodos: createPowerSyncCollection({
        ...todos,
        syncMode: 'progressive',
        syncBatchSize: 3,
      }),
      lists: createPowerSyncCollection({ ...options, table: schema.props.lists }),
      todos: createPowerSyncCollection({ ...options, table: schema.props.todos }),
      todosAgain: createPowerSyncCollection({
        database,
        table: schema.props.todos,
        syncBatchSize: 3,
      }),
      drafts: createPowerSyncCollection({ ...options, table: schema.props.drafts }),
      places: createPowerSyncCollection({
        ...options,
        table: schema.props.places,
        schema: placeSchema,
        deserializationSchema: storedPlaceSchema,
      }),
    }
    for (const name of onDemandNames) world.#countLoads(collections[name])
    for (const name of collectionNames) {
      world.#follow(name, collections[name] as unknown as ProgramCollection)
    }
    world.#openQueries()
    return world
  }

  collection(name: CollectionName): ProgramCollection {
    return this.#followedBy(name).collection
  }

  get queries(): readonly OpenQuery[] {
    return this.#queries
  }

  /** Something that must have ended before the world can settle. Its failure is somebody else's business. */
  waitFor(work: Promise<unknown>): void {
    const wait: Promise<unknown> = work
      .catch(() => undefined)
      .finally(() => this.#waits.delete(wait))
    this.#waits.add(wait)
  }

  async idle(): Promise<void> {
    while (this.#waits.size > 0) await Promise.all(this.#waits)
  }

  /** Takes what reaches the platform's error handler. */
  noteReported(error: unknown): void {
    if (!(error instanceof ThrownBySubscriber)) this.faults.push(`reported: ${String(error)}`)
  }

  /** A transaction over several collections begins; to be called when it has settled. */
  span(): () => void {
    this.spanning++
    return () => void this.spanning--
  }

  /** Runs after this many further steps, or when the world is to settle. */
  later(steps: number, run: () => void): void {
    this.#later.push({ steps, run })
  }

  /** A step has been made. */
  step(): void {
    for (const each of this.#later) each.steps--
    this.#runLater(({ steps }) => steps < 0)
  }

  get demands(): readonly Demanded[] {
    return this.#demands
  }

  demand(on: OnDemandName, shape: Shape): Demanded {
    const demand = openDemand(
      { on, collection: this.collection(on), lists: this.collection('lists') },
      shape,
    )
    this.#demands.push(demand)
    return demand
  }

  async release(demand: Demanded): Promise<void> {
    this.#demands = this.#demands.filter((other) => other !== demand)
    this.faults.push(...demand.replica.faults())
    await demand.close()
  }

  /** The next hook fails, after so many turns. */
  failNextHook(ticks: number): void {
    this.#hookFailures.push(ticks)
  }

  /** @param isDone Whether the statement does its work. */
  loseAnswer(skip: number, isDone: boolean): void {
    this.#answers.lose(skip, isDone)
  }

  async #onLoadSubset(): Promise<void> {
    const ticks = this.#hookFailures.shift()
    for (let tick = 0; tick < (ticks ?? 0); tick++) await new Promise(setImmediate)
    if (ticks !== undefined) throw new Planned('a hook')
  }

  #countLoads(collection: object): void {
    const { _sync: sync } = collection as { _sync: { loadSubset(options: object): unknown } }
    const load = sync.loadSubset.bind(sync)
    sync.loadSubset = (options) => {
      const result = load(options)
      if (!(result instanceof Promise)) return result
      this.loading++
      const done = (): void => void this.loading--
      result.then(done, done)
      return result
    }
  }

  /** Nothing that was put off or armed stays so. */
  calm(): void {
    this.#armed.clear()
    this.#hookFailures = []
    this.#answers.calm()
    this.endpoint.mend()
    this.#runLater(() => true)
  }

  /** What has failed is asked for again. */
  retry(): void {
    for (const { collection } of this.#followed.values()) {
      ;(collection.utils as unknown as { retry(): void }).retry()
    }
  }

  #runLater(isDue: (each: { steps: number }) => boolean): void {
    const due = this.#later.filter(isDue)
    this.#later = this.#later.filter((each) => !isDue(each))
    due.forEach(({ run }) => run())
  }

  /** The client wants to be connected from now on. */
  async connect(): Promise<void> {
    if (this.isConnected) return
    this.isConnected = true
    this.needsServer = true
    await this.endpoint.start()
    const options = { retryDelayMs: 10, crudUploadThrottleMs: 1 }
    this.waitFor(this.database.connect(this.endpoint.connector(), options))
  }

  async disconnect(): Promise<void> {
    this.isConnected = false
    await this.database.disconnect()
  }

  async whileDisconnected(run: () => Promise<void>): Promise<void> {
    const wasConnected = this.isConnected
    await this.disconnect()
    await run()
    if (wasConnected) await this.connect()
  }

  /** Runs once, when a subscriber of the collection that `throws` or `writes` is next notified. */
  arm(name: CollectionName, does: 'throws' | 'writes', run: () => void): void {
    const key = `${name} ${does}`
    this.#armed.set(key, [...(this.#armed.get(key) ?? []), run])
  }

  /** Makes one mutation of the app; what the collection throws goes to the caller. */
  mutate(write: Write, { on, op, row, refused }: Mutation): Transaction {
    const collection = this.collection(on)
    const table = tableOf(on)
    const name = { table, id: `r${row}` }
    if (op === 'delete') {
      this.ledger.removes(write, name)
      return collection.delete(name.id)
    }
    const token = refused ? this.ledger.mintRefused(write, name) : this.ledger.mint(write, name)
    const columns = columnsOf(table, token)
    if (op === 'insert' || (op === 'put' && !collection.has(name.id))) {
      return collection.insert({ id: name.id, ...columns })
    }
    return collection.update(name.id, (draft) => void Object.assign(draft, columns))
  }

  /** Ends the sync of a collection, and of the live queries over it, and starts them again. */
  async restart(name: CollectionName, between: () => Promise<void>): Promise<void> {
    const followed = this.#followedBy(name)
    this.#stopWriters.forEach((stop) => stop())
    this.#stopWriters = []
    await Promise.all(this.#queries.map((query) => query.close()))
    await Promise.all(this.#demands.map((demand) => this.release(demand)))
    followed.stop()
    await followed.collection.cleanup()
    await between()
    this.#follow(name, followed.collection)
    this.#openQueries()
  }

  async close(): Promise<void> {
    this.#stopWriters.forEach((stop) => stop())
    await Promise.all(this.#queries.map((query) => query.close()))
    await Promise.all(this.#demands.map((demand) => this.release(demand)))
    for (const { collection, stop } of this.#followed.values()) {
      stop()
      await collection.cleanup()
    }
  }

  async end(): Promise<void> {
    this.#answers.stop()
    await this.disconnect()
    await this.database.close()
    await this.endpoint.stop()
  }

  faultsOfNotifications(queue: readonly QueueEntry[]): string[] {
    const ranks = new Map<string, number>()
    for (const [position, { type, data }] of queue.entries()) {
      const token = data === null ? undefined : tokenOf(type, data)
      if (token !== undefined) ranks.set(token, position)
    }
    return [
      ...this.faults,
      ...this.#histories.flatMap((history) => history.faults(ranks)),
      ...[...this.#followed.values()].flatMap(({ replica }) => replica.faults()),
      ...this.#queries.flatMap(({ replica }) => replica.faults()),
      ...this.#demands.flatMap(({ replica }) => replica.faults()),
    ]
  }

  async #prepare(): Promise<void> {
    await startAudit(this.database)
    const write = this.ledger.begin('the start')
    for (const table of tableNames) {
      for (const id of ['r0', 'r1', 'r2']) {
        const name = { table, id }
        await this.store(this.database, name, this.ledger.mint(write, name))
      }
    }
    write.outcome = 'accepted'
  }

  /** Writes a row with plain SQL. */
  async store(
    lock: Pick<PowerSyncDatabase, 'execute'>,
    { table, id }: RowName,
    token: string,
  ): Promise<void> {
    const columns = { id, ...storedColumnsOf(table, token) }
    const names = Object.keys(columns)
    await lock.execute(
      `INSERT OR REPLACE INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`,
      Object.values(columns),
    )
  }

  #followedBy(name: CollectionName): Followed {
    const followed = this.#followed.get(name)
    if (followed === undefined) throw new Error(`no collection ${name}`)
    return followed
  }

  #follow(name: CollectionName, collection: ProgramCollection): void {
    // Before all others: what it throws must keep nothing from them.
    const stopThrower = this.#subscribeArmed(name, collection, 'throws')
    const history = new History(tableOf(name), this.ledger)
    this.#histories.push(history)
    const replica = new Replica(
      collection,
      (rows, keys) => {
        // Of a row that nobody asks for any more it is not known what it was when it is asked for again.
        const mayLeave = collection.status !== 'ready' || isOnDemand(name)
        for (const key of keys) history.note(key, rows.get(key), mayLeave)
      },
      { asks: !isOnDemand(name) },
    )
    const stop = (): void => {
      stopThrower()
      replica.stop()
    }
    this.#followed.set(name, { collection, replica, stop })
  }

  #openQueries(): void {
    const { lists, todos, todosAgain, places } = Object.fromEntries(
      collectionNames.map((name) => [name, this.collection(name)]),
    ) as Record<CollectionName, ProgramCollection>
    this.#queries = openQueries({ lists, todos, todosAgain, places }, this.faults)
    // After all others: @tanstack/db 0.15.2 tells those behind a subscriber that writes of its write first, then of the
    // change that it has answered.
    this.#stopWriters = collectionNames.map((name) =>
      this.#subscribeArmed(name, this.collection(name), 'writes'),
    )
  }

  #subscribeArmed(
    name: CollectionName,
    collection: ProgramCollection,
    does: 'throws' | 'writes',
  ): () => void {
    const key = `${name} ${does}`
    const subscription = collection.subscribeChanges(() => {
      const [run, ...rest] = this.#armed.get(key) ?? []
      if (run === undefined) return
      this.#armed.set(key, rest)
      run()
    })
    return () => subscription.unsubscribe()
  }
}
