import { createPowerSyncCollection } from '@rowsignal/core'
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { expect, test } from 'vitest'
import { sweepDeadTabs, TabMark } from '../../../core/src/libraries/powersync.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { useTabLocks } from '../../support/tab-locks.ts'
import { schema, trackingObjects } from '../../support/todos.ts'

test('a database of an SDK without diff triggers is refused with its version', () => {
  const database = { sdkVersion: 'powersync-js/1.0.0', schema } as unknown as PowerSyncDatabase
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    /unsupported-powersync/,
  )
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    /powersync-js\/1\.0\.0/,
  )
})

test('a table by its name alone is refused with what to pass', async () => {
  const database = await openDatabase(schema)
  expect(() => createPowerSyncCollection({ database, tableName: 'todos' } as never)).toThrow(
    /`table: schema\.props\.<name>`.*table-not-in-schema/,
  )
})

test('tracking tables have names of their own for each tab and table', () => {
  const first = new TabMark()
  const second = new TabMark()
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

/** The tracking table of a tab that is gone, with its triggers, stored or TEMP. */
async function leaveBehind(database: PowerSyncDatabase, useStorage: boolean): Promise<string> {
  const destination = new TabMark().nextDestination()
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
    const living = new TabMark()
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

test('what an app has of such names is its own', async () => {
  useTabLocks()
  const columns = { title: column.text }
  const own = new Schema({
    todos: new Table(columns),
    rowsignal_refused: new Table(columns, { localOnly: true }),
    rowsignal_outbox_1: new Table(columns),
  })
  const database = await openDatabase(own)
  const [mark, other] = [new TabMark().nextDestination(), crypto.randomUUID().replaceAll('-', '_')]
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
