import { createPowerSyncCollection } from '@rowsignal/core'
import { column, Schema, Table } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { expect, onTestFinished, test, vi } from 'vitest'
import { abandonTrigger } from '../../../core/src/libraries/powersync.ts'
import { sweepDeadTabs, TabMark } from '../../../core/src/libraries/tabs.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { useTabLocks } from '../../support/tab-locks.ts'
import { schema, trackingObjects } from '../../support/todos.ts'

test('tracking tables have names of their own for each tab and table', async () => {
  const database = await openDatabase(schema)
  const first = new TabMark(database)
  const second = new TabMark(database)
  const names = [first.nextDestination(), first.nextDestination(), second.nextDestination()]
  expect(new Set(names).size).toBe(3)
  for (const name of names) expect(name).toMatch(/^rowsignal_[0-9a-f_]+_\d+$/)
})

test('where there are no locks between tabs nothing is swept', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  const before = await trackingObjects(database)
  expect(before).not.toEqual([])
  await sweepDeadTabs(database)
  expect(await trackingObjects(database)).toEqual(before)
})

/** The tracking table of a tab, with its triggers, stored or TEMP; of one that is gone if its mark is held by nobody. */
async function leaveBehind(
  database: PowerSyncDatabase,
  useStorage: boolean,
  mark = new TabMark(database),
): Promise<string> {
  const destination = mark.nextDestination()
  await database.triggers.createDiffTrigger({
    source: 'todos',
    destination,
    columns: [],
    when: { INSERT: 'TRUE', UPDATE: 'TRUE', DELETE: 'TRUE' },
    useStorage,
  })
  return destination
}

test.each([true, false])(
  'what a dead tab has left (stored: %s) is swept by the next, and what a living one has is not',
  async (useStorage) => {
    useTabLocks()
    const database = await openDatabase(schema)
    const living = new TabMark(database)
    await living.hold()
    const table = living.nextDestination()
    await database.execute(`CREATE TABLE ${table} (operation_id INTEGER PRIMARY KEY, id TEXT)`)
    const dead = await leaveBehind(database, useStorage)
    const cut = await leaveBehind(database, useStorage) // of triggers that are gone only the table is left
    for (const name of await trackingObjects(database)) {
      if (name.includes(`__${cut}__`)) await database.execute(`DROP TRIGGER ${name}`)
    }
    const before = await trackingObjects(database)
    expect(before.filter((name) => name.includes(dead))).toHaveLength(4)
    expect(before).toContain(cut)
    await sweepDeadTabs(database)
    expect(await trackingObjects(database)).toEqual([table])
    living.release()
    await eventually(async () => {
      await sweepDeadTabs(database)
      expect(await trackingObjects(database)).toEqual([])
    })
  },
)

test.each(['came before', 'came after'])(
  'what a tab has left that %s is swept by those that are left as soon as it is gone, and what they have is not',
  async (when) => {
    const { held } = useTabLocks()
    const database = await openDatabase(schema)
    const gone = new TabMark(database)
    if (when === 'came before') await gone.hold()
    const todos = createPowerSyncCollection({ database, table: schema.props.todos })
    const lists = createPowerSyncCollection({ database, table: schema.props.lists })
    await Promise.all([todos.preload(), lists.preload()])
    const own = await trackingObjects(database)
    expect(own).toHaveLength(8)
    if (when === 'came after') await gone.hold()
    const left = await leaveBehind(database, true, gone)
    expect(await trackingObjects(database)).toHaveLength(12)
    gone.release()
    await eventually(async () => expect(await trackingObjects(database)).toEqual(own))
    expect(left).toMatch(/_1$/)
    await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
    expect(todos.get('a')).toMatchObject({ title: 'Pack' })
    expect(held()).toHaveLength(1)
  },
)

test('what a tab has left is swept, too, if it has the file still when it is first tried', async () => {
  useTabLocks()
  const database = await openDatabase(schema)
  const [gone, living] = [new TabMark(database), new TabMark(database)]
  await gone.hold()
  await living.hold()
  await leaveBehind(database, true, gone)
  const asked = vi.spyOn(database, 'writeLock')
  const taken = new DOMException('Access Handles cannot be created', 'NoModificationAllowedError')
  asked.mockRejectedValueOnce(taken).mockRejectedValueOnce(taken)
  gone.release()
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
  expect(asked).toHaveBeenCalledTimes(3)
  living.release()
})

test('tabs that come and go leave nobody waiting for them, and those of another file are nothing to them', async () => {
  const { held } = useTabLocks()
  const [database, other] = [await openDatabase(schema), await openDatabase(schema)]
  const marks = [database, other, database, database].map((one) => new TabMark(one))
  for (const mark of marks) await mark.hold()
  expect(new Set(held()).size).toBe(4)
  const left = await leaveBehind(other, false, marks[0]) // named so, and of nobody's in this file
  marks[0]!.release()
  await eventually(() => expect(held()).toHaveLength(3))
  expect(await trackingObjects(other)).toContain(left)
  for (const mark of marks) mark.release()
  await eventually(() => expect(held()).toEqual([]))
})

/** As several databases on one file share a connection in a browser: who closes is gone, and it stays. */
function shared(database: PowerSyncDatabase): PowerSyncDatabase {
  const adapter = new Proxy(database.database, {
    get(target, name) {
      if (name === 'close') return () => Promise.resolve()
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value
    },
  })
  return new PowerSyncDatabase({ schema, opened: adapter })
}

test.each(['with', 'without'])(
  'a database that is closed leaves nothing on the connection that others go on with, %s locks between tabs',
  async (locks) => {
    if (locks === 'with') useTabLocks()
    const database = await openDatabase(schema)
    const closing = shared(database)
    await closing.init()
    const tables = [schema.props.todos, schema.props.lists]
    const open = (one: PowerSyncDatabase) =>
      Promise.all(
        tables.map((table) => createPowerSyncCollection({ database: one, table }).preload()),
      )
    await open(database)
    const own = await trackingObjects(database)
    await open(closing)
    expect(await trackingObjects(database)).toHaveLength(16)
    await closing.close()
    expect(await trackingObjects(database)).toEqual(own)
  },
)

test('a page that is being left closes without asking for the lock, which it might take with it', async () => {
  useTabLocks()
  const page = new EventTarget()
  vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
  onTestFinished(() => void vi.unstubAllGlobals())
  const database = await openDatabase(schema)
  const leaving = shared(database)
  await leaving.init()
  const todos = createPowerSyncCollection({ database: leaving, table: schema.props.todos })
  await todos.preload()
  page.dispatchEvent(new Event('pagehide'))
  await database.writeLock(() => leaving.close()) // would wait for it
  await createPowerSyncCollection({ database, table: schema.props.lists }).preload()
  expect(await trackingObjects(database)).toHaveLength(4) // swept by who is left, or comes
})

test('what an app has of such names is its own', async () => {
  useTabLocks()
  const columns = { title: column.text }
  const own = new Schema({
    todos: new Table(columns),
    rowsignal_refused: new Table(columns, { localOnly: true }),
    rowsignal_outbox_1: new Table(columns),
  })
  const database = await openDatabase(own)
  const mark = new TabMark(database).nextDestination()
  const other = crypto.randomUUID().replaceAll('-', '_')
  const statements = [
    'CREATE TABLE rowsignal_cache (id TEXT PRIMARY KEY, value TEXT)',
    'CREATE TABLE rowsignal_cache_1 (id TEXT)',
    `CREATE TABLE rowsignal_${other} (id TEXT)`,
    `CREATE TABLE rowsignal_${other}_x (id TEXT)`,
    `CREATE TABLE "rowsignal_${other}_1 " (id TEXT)`,
    `CREATE TABLE x_${mark} (id TEXT)`,
    'CREATE TEMP TABLE rowsignal_temp_1 (id TEXT)',
    'CREATE INDEX rowsignal_index_1 ON rowsignal_cache (value)',
    'CREATE VIEW rowsignal_view_1 AS SELECT * FROM rowsignal_cache',
    `CREATE VIEW rowsignal_${other}_2 AS SELECT * FROM rowsignal_cache`,
    `CREATE INDEX rowsignal_${other}_3 ON rowsignal_cache (value)`,
    `CREATE TRIGGER my__rowsignal_cache__x AFTER INSERT ON rowsignal_cache BEGIN SELECT 1; END`,
    `CREATE TRIGGER my__${mark}__x AFTER INSERT ON rowsignal_cache BEGIN SELECT 1; END`,
    `CREATE TRIGGER ${mark} AFTER INSERT ON rowsignal_cache BEGIN SELECT 1; END`,
  ]
  for (const statement of statements) await database.execute(statement)
  await database.execute("INSERT INTO rowsignal_cache VALUES ('a', 'kept')")
  const before = await trackingObjects(database)
  const todos = createPowerSyncCollection({ database, table: own.props.todos })
  const refused = createPowerSyncCollection({ database, table: own.props.rowsignal_refused })
  await Promise.all([todos.preload(), refused.preload()])
  await refused.insert({ id: 'a', title: 'A' }).isPersisted.promise
  await Promise.all([todos.cleanup(), refused.cleanup()])
  await eventually(async () =>
    expect((await trackingObjects(database)).toSorted()).toEqual(before.toSorted()),
  )
  expect(await database.getAll('SELECT value FROM rowsignal_cache')).toEqual([{ value: 'kept' }])
  expect(await database.getAll('SELECT title FROM rowsignal_refused')).toEqual([{ title: 'A' }])
})

test('a stored trigger that is abandoned is nobody’s at once, without SQL, and goes with the next start', async () => {
  const database = await openDatabase(schema)
  const remove = await database.triggers.createDiffTrigger({
    source: 'todos',
    destination: 'tracked',
    columns: [],
    when: { INSERT: 'TRUE' },
    useStorage: true,
  })
  const isThere = async (): Promise<boolean> => {
    const found = await database.getAll("SELECT name FROM sqlite_master WHERE name = 'tracked'")
    return found.length === 1
  }
  await shared(database).waitForReady()
  expect(await isThere()).toBe(true)
  await database.writeLock(() => {
    abandonTrigger(remove) // nobody else has the lock to wait for
    return Promise.resolve()
  })
  expect(await isThere()).toBe(true)
  await shared(database).waitForReady()
  expect(await isThere()).toBe(false)
})
