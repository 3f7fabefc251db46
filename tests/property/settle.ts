/** Waits until a world is at rest, and compares everything in it with SQLite. */
import { deepEquals } from '@tanstack/db'
import { eventually } from '../support/eventually.ts'
import type { UploadedEntry } from '../support/sync-endpoint.ts'
import { trackingObjects } from '../support/todos.ts'
import { readAudit } from './audit.ts'
import type { QueueEntry } from './ledger.ts'
import { keepsRemovedRowsAfterSoftClear } from './limits.ts'
import { rowsOf } from './demands.ts'
import { collectionNames, onDemandNames } from './program.ts'
import { plain, show } from './recorder.ts'
import { storedPlaceSchema, type Columns } from './tables.ts'
import { isOnDemand, tableOf, type World } from './world.ts'

/** @throws when something is not as it must be. */
export async function settle(world: World): Promise<void> {
  world.calm()
  if (world.needsServer) await world.connect()
  await world.idle()
  await waitForNone(async () => loadsOf(world))
  world.retry()
  await waitForNone(() => differences(world))
  // A change that comes late must not undo it.
  await world.database.writeLock(() => Promise.resolve())
  await new Promise(setImmediate)
  await waitForNone(() => differences(world))
  const queue = await readAudit(world.database)
  assertNone([
    ...(await faultsOfUploads(world, queue)),
    ...world.ledger.faultsOf(queue),
    ...world.faultsOfNotifications(queue),
  ])
}

/** Ends all collections: nothing of ours may be left in SQLite. */
export async function finish(world: World): Promise<void> {
  await settle(world)
  await world.close()
  await waitForNone(() => trackingObjects(world.database))
}

/** Every entry of the queue is uploaded or still there, once and in order; but for what a clear has dropped. */
async function faultsOfUploads(world: World, queue: readonly QueueEntry[]): Promise<string[]> {
  const waiting = await world.database.getAll<{ data: string }>(
    'SELECT data FROM ps_crud ORDER BY id',
  )
  const left = [
    ...world.endpoint.uploaded,
    ...waiting.map(({ data }) => JSON.parse(data) as UploadedEntry),
  ].map(nameOfEntry)
  const dropped: string[] = []
  let next = 0
  for (const name of queue.map(nameOfEntry)) {
    if (name === left[next]) next++
    else dropped.push(name)
  }
  const faults = left.slice(next).map((name) => `${name} was uploaded twice or out of order`)
  return world.hasCleared ? faults : [...faults, ...dropped.map((name) => `${name} is lost`)]
}

function nameOfEntry({ op, type, id, data }: UploadedEntry | QueueEntry): string {
  return JSON.stringify([op, type, id, data ?? null])
}

async function waitForNone(read: () => Promise<string[]>): Promise<void> {
  await eventually(async () => assertNone(await read()))
}

function assertNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('\n'))
}

async function differences(world: World): Promise<string[]> {
  return [
    ...(await differencesOfCollections(world)),
    ...(await differencesOfQueries(world)),
    ...(await differencesOfDemands(world)),
    ...(await recordsLeft(world)),
    ...(world.needsServer ? await differencesFromServer(world) : []),
  ]
}

async function differencesOfCollections(world: World): Promise<string[]> {
  const found: string[] = []
  for (const name of collectionNames) {
    if (isOnDemand(name) && name !== 'progressiveTodos') continue
    const table = tableOf(name)
    const stored = await world.database.getAll<Columns>(`SELECT * FROM ${table} ORDER BY id`)
    const wanted = table === 'places' ? stored.map((row) => storedPlaceSchema.parse(row)) : stored
    const collection = world.collection(name)
    const held = collection.toArray.map(plain)
    if (collection.status !== 'ready') found.push(`${name} is ${collection.status}`)
    else if (!deepEquals(held, wanted))
      found.push(`${name} has ${show(held)}, SQLite ${show(wanted)}`)
  }
  return found
}

async function differencesOfQueries(world: World): Promise<string[]> {
  const found: string[] = []
  for (const { name, collection, sql, isOrdered } of world.queries) {
    const wanted = await world.database.getAll<Columns>(sql)
    const held = collection.toArray.map(plain)
    const inOrder = isOrdered ? (rows: Columns[]) => rows : sorted
    if (!deepEquals(inOrder(held), inOrder(wanted))) {
      found.push(`the query ${name} has ${show(held)}, SQL says ${show(wanted)}`)
    }
  }
  return found
}

function loadsOf({ loading }: World): string[] {
  return loading === 0 ? [] : [`${loading} loads have not settled`]
}

/** A collection that holds what is asked for holds that, and of windows perhaps more of what their predicate takes. */
async function differencesOfDemands(world: World): Promise<string[]> {
  const { database, demands } = world
  const found = loadsOf(world)
  for (const demand of demands) {
    const [held, wanted] = [rowsOf(demand), await database.getAll<Columns>(demand.sql())]
    const inOrder = demand.isWindow ? (rows: Columns[]) => rows : sorted
    if (demand.collection.status !== 'error' && !deepEquals(inOrder(held), inOrder(wanted)))
      found.push(`${demand.name} has ${show(held)}, SQL says ${show(wanted)}`)
  }
  for (const name of onDemandNames) {
    if (name === 'progressiveTodos') continue
    const own = demands.filter(({ on }) => on === name)
    const all = await Promise.all(own.map(({ wanted }) => database.getAll<Columns>(wanted())))
    const held = new Map(world.collection(name).toArray.map((row) => [row.id, plain(row)]))
    for (const row of all.flat()) {
      if (!held.has(row.id)) found.push(`${name} lacks ${show(row)}`)
    }
    const conditions = own.map(({ superset }) => `(${superset})`).join(' OR ') || 'FALSE'
    const wanted = await database.getAll<Columns>(`SELECT * FROM todos WHERE ${conditions}`)
    const allowed = new Map(wanted.map((row) => [row.id, row]))
    for (const [id, row] of held) {
      if (deepEquals(row, allowed.get(id))) continue
      found.push(`${name} holds ${show(row)}, wanted is ${show(allowed.get(id))}`)
    }
    if (world.collection(name).status !== 'ready')
      found.push(`${name} is ${world.collection(name).status}`)
  }
  return found
}

function sorted(rows: Columns[]): Columns[] {
  return rows.toSorted((a, b) => (show(a) < show(b) ? -1 : 1))
}

async function recordsLeft({ database }: World): Promise<string[]> {
  const tables = await database.getAll<{ name: string }>(
    `SELECT name FROM sqlite_temp_master WHERE type = 'table' AND name LIKE 'rowsignal%'`,
  )
  const found: string[] = []
  for (const { name } of tables) {
    const { records } = await database.get<{ records: number }>(
      `SELECT count(*) AS records FROM ${name}`,
    )
    if (records > 0) found.push(`${name} has ${records} records left`)
  }
  return found
}

/** Everything is uploaded, once and in order, and everything is downloaded. */
async function differencesFromServer({
  database,
  endpoint,
  hasSoftlyCleared,
}: World): Promise<string[]> {
  const found: string[] = []
  const queued = await database.getAll('SELECT id FROM ps_crud')
  if (queued.length > 0) found.push(`${queued.length} entries are not uploaded`)
  if (hasSoftlyCleared && keepsRemovedRowsAfterSoftClear) return found
  for (const table of ['lists', 'todos', 'places']) {
    const rows = await database.getAll<Columns>(`SELECT * FROM ${table} ORDER BY id`)
    const wanted = [...endpoint.rows]
      .filter(([key]) => key.startsWith(`${table}/`))
      .map(([key, data]): Columns => ({ id: key.slice(table.length + 1), ...data }))
    if (!deepEquals(sorted(rows), sorted(wanted))) {
      found.push(`${table} in SQLite is ${show(rows)}, on the server ${show(wanted)}`)
    }
  }
  return found
}
