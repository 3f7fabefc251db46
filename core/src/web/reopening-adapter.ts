/**
 * A connection to SQLite that can be given up and opened again: what waits for it, or has begun and stored nothing, is done on
 * the next one, in the order in which it was asked for.
 */
import { DBAdapter, type DBLockOptions, type LockContext } from '@powersync/common'
import type {
  SharedConnectionWorker,
  WebDBAdapter,
  WebDBAdapterConfiguration,
} from '@powersync/web'
import type { ReopeningAdapter as Reopening, ReopeningListener } from '../libraries/reopening.ts'
import type { Stop } from '../readable/readable.ts'
import {
  hasOwnWorker,
  keepsRefusedFile,
  opensInIndexedDb,
  type WebAdapterOptions,
} from '../libraries/web-adapter.ts'
import { noFrame, type WorkerFrame, workerFrame } from '../libraries/worker-frame.ts'
import { type Ask, Connection, noSpace } from './connection.ts'
import { FullWorker } from './full-worker.ts'
import { Removal } from './removal.ts'
import { Space } from './space.ts'
import { Turn } from './turn.ts'

export interface ReopeningAdapterOptions extends Omit<WebAdapterOptions, 'lost' | 'frame'> {
  /** Makes ready a connection that is not the first: the SDK has done so with that. */
  readonly prepare: (adapter: DBAdapter) => Promise<void>
  /** Whether the worker is one that other tabs may have, too, where the storage has such. */
  readonly hasTabs: () => boolean
  /** The names of what may have changed while there was no connection. */
  readonly tables: () => string[]
  /** Nobody can write until the connection is replaced, which it is when there is space. */
  readonly faulted: Stop
  /** The browser has removed the file, which is opened anew. */
  readonly removed: Stop
}

/** How long an opening may take before it is tried anew, at first, in ms: each try may take twice as long. */
const openMs = 5_000

interface Waiting {
  /** Which of all that was asked for: what was begun on a connection before goes first on the next. */
  readonly position: number
  readonly isWrite: boolean
  readonly resolve: (connection: Connection) => void
  readonly reject: (reason: unknown) => void
}

export class ReopeningAdapter extends DBAdapter implements WebDBAdapter, Reopening {
  readonly name: string
  readonly reopens = true
  /** What the workers of this tab belong to that others have, too. */
  readonly frame: WorkerFrame
  readonly #options: ReopeningAdapterOptions
  readonly #fullWorker: FullWorker | undefined
  /** Whether there is any, after a connection has ended for want of it. */
  readonly #space = new Space()
  readonly #turn: Turn
  readonly #removal = new Removal(() => void this.#onRemoved())
  #connection: Connection | undefined
  #opening: Connection | undefined
  /** What waits for a connection. */
  #waiting: Waiting[] = []
  #asked = 0
  #configuration: WebDBAdapterConfiguration | undefined
  #isOpening = false
  #isLeft = false
  #isClosed = false

  constructor(options: ReopeningAdapterOptions) {
    super()
    this.name = options.open.dbFilename
    this.#options = options
    this.#turn = new Turn(this.name)
    const mayStandStill = 'SharedWorker' in globalThis && opensInIndexedDb(options.open)
    this.frame = mayStandStill ? workerFrame() : noFrame
    if (mayStandStill) {
      this.#fullWorker = new FullWorker({
        file: this.name,
        letGo: () => this.#letGoOfFull(),
        isServed: (withinMs) => this.#isServed(withinMs),
      })
    }
    void this.#open('first')
  }

  /** Resolves when there is a connection, rejects when it can't be opened; who asks then has it tried again. */
  opened(position: number = ++this.#asked, isWrite = false): Promise<Connection> {
    const connection = this.#connection
    if (this.#isClosed) return Promise.reject(closed())
    if (connection !== undefined) return Promise.resolve(connection)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ position, isWrite, resolve, reject })
      if (!this.#isLeft) void this.#open('again')
    })
  }

  /** Whether SQLite runs in a worker that only this tab has, and that only dies with it. */
  get hasOwnWorker(): boolean {
    return hasOwnWorker(this.#options.open)
  }

  /** Gives the connection up at once, without an answer of its worker. What waits for SQLite waits for `replace`. */
  leave(): void {
    this.#isLeft = true
    this.#removal.stop()
    this.#turn.stop()
    this.#opening?.giveUp()
    this.#connection?.leave()
    this.#tell((listener) => listener.connectionLeft?.())
  }

  /** Opens another connection in place of one that was left, or that is dead. */
  replace(): void {
    if (this.#isClosed) return
    const before = this.#connection
    this.#connection = undefined
    this.#isLeft = false
    before?.giveUp()
    this.#opening?.giveUp()
    this.frame.remove() // before anybody asks for the next one, whose worker would go with it
    this.#tell((listener) => listener.connectionReplaced?.())
    void this.#open('again')
  }

  endFullWorker(): void {
    void this.#fullWorker?.askUntilSpace()
  }

  #letGoOfFull(): void {
    this.#connection?.setFull()
    for (const { isWrite, reject } of this.#waiting) if (isWrite) reject(noSpace(false))
    this.#waiting = this.#waiting.filter(({ isWrite }) => !isWrite)
    this.#letGoOfShared()
  }

  /** Who has begun is told when the worker is known to be dead, by the same as after a crash: it is when all tabs have let go. */
  #letGoOfShared(): void {
    this.#opening?.giveUp()
    this.frame.remove()
    if (!this.#options.hasTabs()) this.replace()
  }

  /** In each tab, at about the same time. */
  async #onRemoved(): Promise<void> {
    this.#options.removed()
    if (this.#fullWorker !== undefined) return this.#letGoOfShared()
    this.#connection?.leave() // what it writes is in a file that nobody will find
    await this.#removal.isOver()
    if (!this.#isLeft) this.replace()
  }

  async #isServed(withinMs: number): Promise<boolean> {
    const asked = this.#connection ?? this.#opening
    const isAnswered = (await asked?.answers(withinMs)) ?? true
    return isAnswered || this.#isLeft || asked !== (this.#connection ?? this.#opening)
  }

  async #open(which: 'first' | 'again'): Promise<void> {
    if (this.#isOpening) return
    this.#isOpening = true
    try {
      let connection = await this.#tryUntilOpen(which)
      // In the step before this one. Nobody would replace it.
      while (connection?.isGone === true) connection = await this.#tryUntilOpen(which)
      if (connection !== undefined) this.#take(connection)
      if (connection !== undefined && which === 'again') this.#tellTables(this.#options.tables())
    } catch (error) {
      this.#rejectWaiting(error)
    }
    this.#isOpening = false
  }

  /** @returns Nothing if the page was left meanwhile, or the database closed. */
  async #tryUntilOpen(which: 'first' | 'again'): Promise<Connection | undefined> {
    const prepare = which === 'first' ? undefined : this.#options.prepare
    const takesTurns = keepsRefusedFile(this.#options.open)
    let patienceMs = openMs
    while (!this.#isLeft && !this.#isClosed) {
      const waitMs = patienceMs
      const open = (): Promise<Connection | 'late' | 'gone'> => this.#openOrGiveUp(waitMs, prepare)
      const opened = await (takesTurns && which === 'again' ? this.#turn.take(open) : open())
      if (opened instanceof Connection) return opened
      if (opened === 'late') patienceMs *= 2
    }
    return undefined
  }

  async #openOrGiveUp(
    ...how: Parameters<Connection['open']>
  ): Promise<Connection | 'late' | 'gone'> {
    const connection = this.#connect()
    this.#opening = connection
    let isOpen = false
    try {
      const state = await connection.open(...how)
      if (state !== 'open') return state
      isOpen = !this.#isLeft && !this.#isClosed
      return isOpen ? connection : 'gone'
    } finally {
      this.#opening = undefined
      if (!isOpen) {
        connection.giveUp() // its worker would stay
        this.frame.remove()
      }
    }
  }

  #connect(): Connection {
    const { frame } = this
    const lost = (): void => this.#lose(connection)
    const faulted = (isReading: boolean): void => this.#fault(connection, isReading)
    const connection = new Connection({ ...this.#options, frame, lost, faulted })
    return connection
  }

  #fault(connection: Connection, isReading: boolean): void {
    this.#space.fault()
    this.#options.faulted()
    if (isReading) void this.#replaceWithSpace(connection)
    else this.#replaceFaulted(connection)
  }

  async #replaceWithSpace(connection: Connection): Promise<void> {
    await this.#space.again()
    this.#replaceFaulted(connection)
  }

  #replaceFaulted(connection: Connection): void {
    if (connection === this.#connection && !this.#isLeft) this.replace()
  }

  /** Its worker is dead. One that is being opened is opened again, by who has begun to. */
  #lose(connection: Connection): void {
    if (connection === this.#connection && !this.#isClosed) this.replace()
    else connection.giveUp()
  }

  #take(connection: Connection): void {
    connection.listen((tables) => this.#tellTables(tables))
    this.#connection = connection
    if (this.hasOwnWorker || opensInIndexedDb(this.#options.open)) this.#removal.watch()
    this.#configuration = connection.adapter.getConfiguration()
    const waiting = this.#waiting.splice(0).toSorted((a, b) => a.position - b.position)
    for (const { resolve } of waiting) resolve(connection)
  }

  #rejectWaiting(reason: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(reason)
  }

  #tellTables(tables: string[]): void {
    this.iterateListeners((listener) => listener.tablesUpdated?.({ tables }))
  }

  #tell(tell: (listener: Partial<ReopeningListener>) => void): void {
    this.iterateListeners((listener) => tell(listener as Partial<ReopeningListener>))
  }

  readLock<T>(run: (lock: LockContext) => Promise<T>, options?: DBLockOptions): Promise<T> {
    return this.#run(run, (adapter, watched) => adapter.readLock(watched, options), false)
  }

  writeLock<T>(run: (lock: LockContext) => Promise<T>, options?: DBLockOptions): Promise<T> {
    return this.#run(run, (adapter, watched) => adapter.writeLock(watched, options), true)
  }

  async #run<T>(run: (lock: LockContext) => Promise<T>, ask: Ask<T>, isWrite: boolean): Promise<T> {
    const position = ++this.#asked
    for (;;) {
      const connection = await this.opened(position, isWrite)
      if (isWrite) await this.#space.check()
      if (isWrite && connection.isFaulted) this.#replaceFaulted(connection)
      try {
        const result = await connection.run(run, ask, isWrite)
        if (result !== undefined) return result.value
      } catch (error) {
        if (connection.isStuck && connection === this.#connection) this.replace()
        throw error
      }
    }
  }

  override registerListener(listener: Partial<ReopeningListener> & object): Stop {
    return super.registerListener(listener)
  }

  async refreshSchema(): Promise<void> {
    await (await this.opened()).adapter.refreshSchema()
  }

  async shareConnection(): Promise<SharedConnectionWorker> {
    return (await this.opened()).share(() => this.#space.check())
  }

  /** Only once there has been a connection. */
  getConfiguration(): WebDBAdapterConfiguration {
    if (this.#configuration === undefined) throw new Error('the database is not open')
    return this.#configuration
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#space.close()
    this.#turn.stop()
    this.#removal.stop()
    this.#rejectWaiting(closed())
    await this.#connection?.close()
    this.#fullWorker?.close()
    this.frame.remove()
  }
}

function closed(): Error {
  return new Error('the database is closed')
}
