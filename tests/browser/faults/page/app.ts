/** The app of a tab: a list of todos, with what a test asks of it on `window.app`. */
import {
  createPowerSyncCollection,
  isRowsignalError,
  syncStatus,
  type SyncStatusValue,
  writeErrors,
} from '@rowsignal/core'
import { openPowerSync, pickStorage, resetStorage } from '@rowsignal/core/web'
import {
  column,
  createConsoleLogger,
  LogLevels,
  type PowerSyncBackendConnector,
  PowerSyncDatabase,
  type PowerSyncLogger,
  Schema,
  Table,
  WASQLiteOpenFactory,
  WASQLiteVFS,
  type WebDBAdapter,
  type WebSQLOpenOptions,
} from '@powersync/web'
import { wrap } from 'comlink'
import type { ReopeningAdapter } from '../../../../core/src/libraries/reopening.ts'

const query = new URLSearchParams(location.search)
const schema = new Schema({ todos: new Table({ title: column.text, tab: column.text }) })
const toConsole = createConsoleLogger({ minLevel: LogLevels.error })
/** The codes that the logger was told. */
const logged: string[] = []
const logger: PowerSyncLogger = {
  log(record) {
    if (isRowsignalError(record.error)) logged.push(record.error.code)
    toConsole.log(record)
  },
}
const open = {
  dbFilename: query.get('file') ?? 'faults.db',
  vfs: WASQLiteVFS[query.get('vfs') as keyof typeof WASQLiteVFS],
  ...(query.has('alone') && { enableMultiTabs: false }),
}

/** The SDK's own database, or one that opens its file again by itself. */
function openAs(by: 'sdk' | 'ours', open: WebSQLOpenOptions): PowerSyncDatabase {
  if (by === 'ours') return openPowerSync({ schema, logger, database: open })
  const factory = new WASQLiteOpenFactory({ logger, open })
  return new PowerSyncDatabase({ schema, logger, factory })
}

const by = query.get('by') === 'sdk' ? 'sdk' : 'ours'
const database = openAs(by, open)

/** How often the two databases have opened their file again. */
const replaced = { first: 0, second: 0 }
function onReplaced({ database }: PowerSyncDatabase, listener: () => void): void {
  const adapter = database as unknown as ReopeningAdapter
  adapter.registerListener({ connectionReplaced: listener })
}
if (by === 'ours') onReplaced(database, () => replaced.first++)

const todos = createPowerSyncCollection({ database, table: schema.props.todos })
const connector: PowerSyncBackendConnector = {
  fetchCredentials: () => Promise.resolve({ endpoint: location.origin, token: 'token' }),
  async uploadData(database) {
    const client = await database.getClientId()
    for (;;) {
      const transaction = await database.getNextCrudTransaction()
      if (!transaction) return
      const entries = transaction.crud.map(({ clientId, op, table, id, opData }) => ({
        clientId,
        client,
        op,
        type: table,
        id,
        data: opData,
      }))
      const body = JSON.stringify(entries)
      const response = await fetch('/upload', { method: 'POST', body })
      if (!response.ok) throw new Error(`the upload was answered with ${response.status}`)
      await transaction.complete()
    }
  },
}

/** What a tab shows the worker that syncs of its SQLite. */
interface SharedSqlite {
  connectToExisting(options: { identifier: string; lockName: string }): Promise<{
    requestAccess(isWrite: boolean): Promise<string>
    execute(token: string, sql: string, parameters: unknown[]): Promise<unknown>
    close(): Promise<void>
  }>
}

/** What a promise has come to, as a test can read it: `stored`, or the code or message of its error. */
type Settled = 'waits' | 'stored' | (string & {})
const writes = new Map<string, Settled>()
let second: PowerSyncDatabase | undefined
let secondTodos: typeof todos | undefined
/** Rows that were rejected for want of space, and may be stored all the same, as the error says. */
const unknown: string[] = []
/** Ends the write that `hold` has begun. */
let release = (): void => undefined
/** How often a timer has come, and when last: it stands still while the tab is frozen. */
let ticks = 0
let tickedAt = 0
setInterval(() => {
  ticks++
  tickedAt = performance.now()
}, 10)
let isFrozen = false
document.addEventListener('freeze', () => (isFrozen = true))
document.addEventListener('resume', () => (isFrozen = false))
let isRestored = false
addEventListener('pageshow', ({ persisted }) => (isRestored ||= persisted))

/** Rejects also where the collection throws at once, as that of a lost database does. */
async function insert(id: string, title = id): Promise<void> {
  await todos.insert({ id, title, tab: query.get('tab') }).isPersisted.promise
}

/** Notes what becomes of the write of a row. */
async function settled(id: string, title?: string): Promise<Settled> {
  writes.set(id, 'waits')
  const outcome = await insert(id, title).then(
    () => 'stored',
    (error: unknown) => {
      if (String(error).includes('is not known')) unknown.push(id)
      return codeOf(error)
    },
  )
  writes.set(id, outcome)
  return outcome
}

function openFiller(): Promise<IDBDatabase> {
  const request = indexedDB.open('filler', 1)
  request.onupgradeneeded = () =>
    request.result.createObjectStore('filler', { autoIncrement: true })
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}

/** Of which a storage can't make less. */
function randomBytes(count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  const most = 2 ** 16 // `getRandomValues` gives no more at once
  for (let start = 0; start < count; start += most) {
    crypto.getRandomValues(bytes.subarray(start, start + most))
  }
  return bytes
}

function isStored(transaction: IDBTransaction): Promise<boolean> {
  return new Promise((resolve) => {
    transaction.addEventListener('complete', () => resolve(true))
    transaction.addEventListener('abort', () => resolve(false))
  })
}

function causesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...causesOf(error.cause)] : []
}

/** Of a write to a collection in error that is its code: TanStack DB takes none then. */
function codeOf(error: unknown): string {
  if (isRowsignalError(error)) return error.code
  const isOfState = error instanceof Error && error.name === 'CollectionStateError'
  return (isOfState && todos.utils.error?.code) || String(error)
}
const sync = syncStatus(database)
sync.listen(() => undefined)

export const app = {
  /** Resolves when the rows are there; rejects with all causes in its message, for no other part of an error reaches the test. */
  ready: () =>
    todos.preload().then(
      () => todos.size,
      (error: unknown) => {
        throw new Error(causesOf(error).join(', because: '))
      },
    ),
  connect: () => database.connect(connector, { crudUploadThrottleMs: 10, retryDelayMs: 200 }),
  /** The worker that syncs asks this tab for SQLite, and is never answered. */
  connectWithoutSqlite(): void {
    const adapter = database.database as unknown as WebDBAdapter
    adapter.shareConnection = () => new Promise(() => {})
    void database.connect(connector)
  },
  /** What the worker that syncs does when it is told to let go of this tab in the middle of a transaction. */
  async dropTransaction(id: string): Promise<void> {
    const { port, identifier } = await (
      database.database as unknown as WebDBAdapter
    ).shareConnection()
    const worker = wrap<SharedSqlite>(port)
    const lockName = 'the worker that syncs'
    void navigator.locks.request(lockName, () => new Promise(() => {}))
    const client = await worker.connectToExisting({ identifier, lockName })
    const token = await client.requestAccess(true)
    await client.execute(token, 'BEGIN IMMEDIATE', [])
    await client.execute(token, 'INSERT INTO todos (id) VALUES (?)', [id])
    await client.close()
  },
  close: () => database.close(),
  /** Writes rows, each in a transaction of its own, and returns at once. */
  write(...ids: string[]): void {
    for (const id of ids) void settled(id)
  },
  /** Writes a row of 100 KB, and resolves with what has become of it. */
  writeLarge: (id: string): Promise<Settled> => settled(id, 'x'.repeat(100_000)),
  /** Resolves when the row is stored; rejects with the code of what went wrong. */
  async add(id: string): Promise<void> {
    await insert(id).catch((error: unknown) => {
      throw new Error(codeOf(error), { cause: error })
    })
  },
  /** Writes a row past the collection, and resolves in the middle of its transaction, which stays open until `release`. */
  hold: (id: string): Promise<void> =>
    new Promise((held, failed) => {
      const write = database.writeTransaction(async (lock) => {
        await lock.execute('INSERT INTO todos (id) VALUES (?)', [id])
        held()
        await new Promise<void>((done) => (release = done))
      })
      write.catch(failed)
    }),
  release: () => release(),
  /** Whether a worker of any tab waits for the file, where each tab has one of its own (OPFS). */
  async isFileWaitedFor(): Promise<boolean> {
    const { pending = [] } = await navigator.locks.query()
    return pending.some(({ name }) => name === `db-lock-${open.dbFilename}`)
  },
  /** Stores what is of no use until nothing more can be stored. The browser may find more space meanwhile, of what was removed before. */
  async fillStorage(): Promise<void> {
    const filler = await openFiller()
    for (let bytes = 2 ** 20; bytes >= 2 ** 10;) {
      const store = filler.transaction('filler', 'readwrite').objectStore('filler')
      store.add(randomBytes(bytes))
      bytes = (await isStored(store.transaction)) ? Math.min(2 * bytes, 2 ** 20) : bytes / 2
    }
    filler.close()
  },
  /** Removes it. */
  async freeStorage(): Promise<void> {
    const filler = await openFiller()
    const store = filler.transaction('filler', 'readwrite').objectStore('filler')
    store.clear()
    await isStored(store.transaction)
    filler.close()
  },
  /** A transaction that comes to nothing, so that no tab has anything to read after it. */
  writeNothing: () => database.writeTransaction(() => Promise.resolve()),
  writes: (): Record<string, Settled> => Object.fromEntries(writes),
  unknown: (): string[] => unknown,
  /** The ids that the collection holds. */
  rows: (): string[] => [...todos.keys()].toSorted(),
  /** The ids that SQLite holds. */
  async stored(): Promise<string[]> {
    const sql = 'SELECT id FROM todos ORDER BY id'
    const rows = await database.writeLock((lock) => lock.getAll<{ id: string }>(sql))
    return rows.map(({ id }) => id)
  },
  /** Triggers and tables that record for a collection, of all tabs. */
  async recorders(): Promise<string[]> {
    const sql = `SELECT name FROM sqlite_temp_master WHERE name LIKE '%rowsignal_%'
      UNION ALL SELECT name FROM sqlite_master WHERE name LIKE '%rowsignal_%'`
    const rows = await database.writeLock((lock) => lock.getAll<{ name: string }>(sql))
    return rows.map(({ name }) => name)
  },
  /** Opens the file once more in this tab, or another one, by the SDK alone or `openPowerSync`, and follows the table there, too. */
  async openSecond(
    dbFilename: string = open.dbFilename,
    by: 'sdk' | 'ours' = 'sdk',
  ): Promise<void> {
    second = openAs(by, { ...open, dbFilename })
    if (by === 'ours') onReplaced(second, () => replaced.second++)
    secondTodos = createPowerSyncCollection({ database: second, table: schema.props.todos })
    await secondTodos.preload()
  },
  /** Writes a row past the second collection, in a transaction that lasts until `release`. Resolves with how often it was run. */
  async holdSecond(id: string): Promise<number> {
    let runs = 0
    const isReleased = new Promise<void>((done) => (release = done))
    await second!.writeTransaction(async (lock) => {
      runs++
      await lock.execute('INSERT INTO todos (id) VALUES (?)', [id])
      await isReleased
    })
    return runs
  },
  secondRows: (): string[] => [...secondTodos!.keys()].toSorted(),
  reopened: () => replaced,
  secondStatus: (): string => secondTodos?.utils.error?.code ?? secondTodos?.status ?? 'none',
  /** Asks SQLite by the database itself, and not by the collection. */
  count: () => database.getAll('SELECT id FROM todos').then((rows) => String(rows.length), codeOf),
  closeSecond: () => second?.close(),
  pick: () => pickStorage(open.dbFilename).then(({ vfs }) => vfs),
  reset: () => resetStorage(open.dbFilename).then(() => 'removed', codeOf),
  status: (): { collection: string; error: string; sync: SyncStatusValue } => ({
    collection: todos.status,
    error: todos.utils.error?.code ?? 'none',
    sync: sync.get(),
  }),
  /** The codes of the errors that writes are told with now. */
  told: (): string[] =>
    writeErrors(database)
      .get()
      .map(({ error }) => codeOf(error)),
  /** What the errors say. */
  reasons: (): string[] =>
    writeErrors(database)
      .get()
      .map(({ error }) => String(error)),
  /** The codes that the logger has been told since the page was loaded. */
  logged: (): string[] => logged,
  ticks: (): number => ticks,
  /** How long no timer has come since the tab was frozen, in ms. */
  stoodStillMs: (): number => (isFrozen ? performance.now() - tickedAt : 0),
  /** Whether the page has been in the back/forward cache. */
  isRestored: (): boolean => isRestored,
}

export type App = typeof app

Object.assign(globalThis, { app })
