/** Two collections over a real database whose adapter may fail, and what must be true of them afterwards. */
import { createConsoleLogger, type DBAdapter, LogLevels } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { WASQLiteOpenFactory } from '@powersync/web'
import { createPowerSyncCollection, isRowsignalError } from '@rowsignal/core'
import { expect } from 'vitest'
import { eventually, patienceMs } from '../support/eventually.ts'
import { FaultyAdapter } from '../support/faulty-adapter.ts'
import { keepFiles, newFiles, type StoredFiles } from '../support/stored-files.ts'
import { schema } from '../support/todos.ts'
import { inMemory } from '../support/in-memory.ts'

export const tables = ['lists', 'todos'] as const
export type TableName = (typeof tables)[number]

/** One entry of the upload queue. */
export interface Operation {
  readonly op: 'PUT' | 'PATCH' | 'DELETE'
  readonly type: TableName
  readonly id: string
}

/** A write of ours: all of its operations are stored, or none. */
export interface Write {
  readonly operations: readonly Operation[]
  readonly done: Promise<unknown>
}

/** Rows that a query has asked for; it is closed, or they are shown, or it has been told that they are not. */
export interface Demand {
  /** Undefined if the query has been told of an error, after which TanStack DB fills it no more. */
  readonly ids: () => string[] | undefined
  readonly done: Promise<unknown>
  readonly where: string
  close(): Promise<void>
}

/** How a write or a demand ended for its caller. */
export type Outcome = 'resolved' | 'rejected' | 'open'

// Chunks of two rows: a table of seven is read in four.
const syncBatchSize = 2

export interface WorldOptions {
  readonly files?: StoredFiles
  /** As in a browser on OPFS: triggers are stored in the file and outlive the process. Default: TEMP ones. */
  readonly storesTriggers?: boolean
}

export async function openWorld({ files = newFiles(), storesTriggers = false }: WorldOptions = {}) {
  keepFiles(files)
  // A connection is closed while locks are held; the engine says so on the level below.
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const real: DBAdapter = new WASQLiteOpenFactory({
    logger,
    open: inMemory(files.filename),
  }).openDB()
  const adapter = new FaultyAdapter(real)
  const database = new PowerSyncDatabase({ schema, logger, opened: adapter })
  if (storesTriggers) storeTriggers(database)
  await database.init()
  const { props } = schema
  return {
    database,
    adapter,
    /** The same connection without faults: the writes of others, and what the test looks at. */
    real,
    files,
    /** What was written in the scenario. */
    writes: [] as Write[],
    lists: createPowerSyncCollection({ database, table: props.lists, syncBatchSize }),
    todos: createPowerSyncCollection({ database, table: props.todos, syncBatchSize }),
    /** Holds what is asked for. */
    asked: createPowerSyncCollection({
      database,
      table: props.todos,
      syncBatchSize,
      syncMode: 'on-demand',
      startSync: true,
    }),
    /** What is asked for in the scenario, and how that ends. */
    demands: [] as Demand[],
  }
}

interface TriggerManager {
  updateDefaults(defaults: { useStorageByDefault: boolean }): void
  readonly options: { claimManager: object }
}

/** What the SDK's class for browsers does; what it knows of living triggers is known to no other process. */
function storeTriggers(database: PowerSyncDatabase): void {
  const claims = new Set<string>()
  const manager = database.triggers as unknown as TriggerManager
  manager.updateDefaults({ useStorageByDefault: true })
  manager.options.claimManager = {
    async obtainClaim(id: string) {
      claims.add(id)
      return async () => void claims.delete(id)
    },
    checkClaim: async (id: string) => claims.has(id),
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>

export async function fill({ real }: World): Promise<void> {
  await real.writeTransaction(async (tx) => {
    for (const id of ['l0', 'l1', 'l2']) {
      await tx.execute('INSERT INTO lists(id, name) VALUES (?, ?)', [id, `list ${id}`])
    }
    for (const id of ['t0', 't1', 't2', 't3', 't4', 't5', 't6']) {
      await tx.execute('INSERT INTO todos(id, title, done) VALUES (?, ?, 0)', [id, `todo ${id}`])
    }
    await tx.execute('DELETE FROM ps_crud')
  })
}

/** Waits until nothing is under way in the adapter. */
export async function settle({ adapter }: Pick<World, 'adapter'>): Promise<void> {
  for (let quiet = 0; quiet < 5; quiet++) {
    await new Promise((resolve) => setImmediate(resolve))
    if (!adapter.isIdle) quiet = 0
  }
}

export async function outcomeOf({ done }: Pick<Write, 'done'>): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined
  const open = new Promise<Outcome>((resolve) => {
    timer = setTimeout(resolve, patienceMs, 'open')
  })
  const settled = done.then(
    () => 'resolved' as const,
    () => 'rejected' as const,
  )
  return Promise.race([settled, open]).finally(() => clearTimeout(timer))
}

/** Whether each write is stored and queued whole, once, or not at all; and whole if its caller was told so. */
export async function expectWhole(
  { real }: World,
  writes: readonly Write[],
  outcomes: readonly Outcome[],
): Promise<void> {
  const rows = await real.getAll<{ data: string }>('SELECT data FROM ps_crud')
  const queue = rows.map(({ data }) => textOf(JSON.parse(data) as Operation))
  for (const [index, { operations }] of writes.entries()) {
    const wanted = operations.map(textOf)
    const found = queue.filter((operation) => wanted.includes(operation))
    if (found.length > 0 || outcomes[index] === 'resolved') expect(found).toEqual(wanted)
    for (const { op, type, id } of operations) {
      const stored = await real.getAll(`SELECT id FROM ${type} WHERE id = ?`, [id])
      const isThere = op === 'DELETE' ? found.length === 0 : op === 'PATCH' || found.length > 0
      expect(stored).toEqual(isThere ? [{ id }] : [])
    }
  }
}

function textOf({ op, type, id }: Operation): string {
  return `${op} ${type} ${id}`
}

/** Whether each collection shows what SQLite holds, or says that it does not. */
async function expectInStep(world: World): Promise<void> {
  for (const name of tables) {
    const collection = world[name]
    if (collection.status === 'error') {
      expect(isRowsignalError(collection.utils.error)).toBe(true)
      continue
    }
    expect(collection.status).toBe('ready')
    expect(shown(collection.toArray)).toEqual(await selected(world.real, name))
  }
}

/** Whether each query that is open has its rows, and the collection those of them all and no others. */
async function expectAsked({ real, asked, demands }: World): Promise<void> {
  const wanted = new Set<string>()
  for (const { where, ids } of demands) {
    const rows = await real.getAll<{ id: string }>(`SELECT id FROM todos WHERE ${where}`)
    const shown = ids()
    if (shown !== undefined) expect(shown.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
    for (const { id } of rows) wanted.add(id)
  }
  expect(asked.status).toBe('ready')
  expect([...asked.keys()].toSorted()).toEqual([...wanted].toSorted())
}

/** What follows any fault: nobody is deaf or stuck, and a clean-up leaves nothing. */
export async function expectAlive(world: World): Promise<void> {
  await eventually(() => expectInStep(world))
  for (const name of tables) if (world[name].status === 'error') world[name].utils.retry()
  await eventually(async () => {
    await expectInStep(world)
    expect(tables.map((name) => world[name].status)).toEqual(['ready', 'ready'])
  })
  world.asked.utils.retry()
  await eventually(() => expectAsked(world))
  await world.real.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET title = 'after' WHERE id = 't3'")
    await tx.execute("INSERT INTO lists(id, name) VALUES ('after', 'after')")
  })
  await eventually(() => {
    expect(world.todos.get('t3')?.title).toBe('after')
    expect(world.lists.get('after')?.name).toBe('after')
  })
  await eventually(() => expectAsked(world))
  await world.todos.insert({ id: 'last', title: 'last' }).isPersisted.promise
  await expectInStep(world)
  for (const demand of world.demands.splice(0)) await demand.close()
  await eventually(() => expectAsked(world))
  await Promise.all(tables.map((name) => world[name].cleanup()))
  await eventually(async () => expect(await leftOver(world.real)).toEqual([]))
}

async function selected(real: DBAdapter, table: TableName): Promise<unknown[]> {
  return real.getAll(`SELECT * FROM ${table} ORDER BY id`)
}

function shown(rows: readonly { id: string }[]): unknown[] {
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('$'))))
    .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
}

async function leftOver(real: DBAdapter): Promise<string[]> {
  const rows = await real.getAll<{ name: string }>(
    "SELECT name FROM sqlite_temp_master WHERE name LIKE '%rowsignal%' UNION ALL SELECT name FROM sqlite_master WHERE name LIKE '%rowsignal%'",
  )
  return rows.map((row) => row.name)
}
