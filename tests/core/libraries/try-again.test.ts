/** What fails by a fault that passes goes on by itself, wherever it fails; what does not pass waits for the app. */
import { createPowerSyncCollection, outbox, sqlQuery } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import { eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { passes } from '../../../core/src/libraries/storage-faults.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { createPlaces, openPlaces, openQuery, type Places } from '../../support/places.ts'
import { logStatements } from '../../support/statements.ts'
import { schema, trackingObjects } from '../../support/todos.ts'
import { column, Schema, Table } from '@powersync/common'

const noSpace = 'database or disk is full'
const ofRecords = (sql: string): boolean => sql.includes('AS changed')
const ofRows = (sql: string): boolean => sql.includes(' AS stored') && !ofRecords(sql)

/** Leaves no space for what is TEMP, as the tracking tables are here; returns how to give it. */
async function fill(database: PowerSyncDatabase): Promise<() => Promise<unknown>> {
  await database.execute('CREATE TEMP TABLE filler (text)')
  const { page_count } = await database.writeLock((lock) =>
    lock.get<{ page_count: number }>('PRAGMA temp.page_count'),
  )
  await database.execute(`PRAGMA temp.max_page_count = ${page_count}`)
  return () => database.execute('PRAGMA temp.max_page_count = 1000000')
}

const ofCountry = (places: Places, country: string) =>
  openQuery((q) => q.from({ place: places }).where(({ place }) => eq(place.country, country)))

test.each(['eager', 'progressive'] as const)(
  'a collection that starts on a full disk is in error, and starts by itself when there is space: %s',
  async (syncMode) => {
    const database = await openDatabase(schema)
    await database.execute("INSERT INTO todos(id) VALUES ('a')")
    const empty = await fill(database)
    const todos = createPowerSyncCollection({ database, table: schema.props.todos, syncMode })
    todos.startSyncImmediate()
    await eventually(() => expect(todos.utils.error).toMatchObject({ code: 'storage-full' }))
    expect(todos.status).toBe('error')
    await empty()
    await eventually(() => expect(todos.status).toBe('ready'))
    await eventually(() => expect(todos.size).toBe(1))
    expect(todos.utils.error).toBeUndefined()
    await todos.insert({ id: 'b' }).isPersisted.promise
    expect(todos.size).toBe(2)
  },
)

test('so does one that holds what is asked for, with the query that asks', async () => {
  const { database, places } = await openPlaces(100)
  const empty = await fill(database)
  const query = ofCountry(places, 'c1')
  await eventually(() => expect(places.utils.error).toMatchObject({ code: 'storage-full' }))
  expect(query.live.status).toBe('error')
  await expect(query.live.preload()).rejects.toThrow()
  await empty()
  await eventually(() => expect(query.live.status).toBe('ready'))
  expect(query.ids()).toHaveLength(10)
  await query.close()
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
})

test('one whose query is given up meanwhile is in no error any more, and asks for nothing', async () => {
  const { database, places } = await openPlaces(100)
  await fill(database)
  const query = ofCountry(places, 'c1')
  await eventually(() => expect(places.status).toBe('error'))
  await query.close()
  await eventually(() => expect(places.status).toBe('ready'))
  expect(places.utils.error).toBeUndefined()
})

test('a first read that fails is in error until a later try, with the error told meanwhile', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id) VALUES ('a')")
  let tries = 0
  const log = await logStatements(database, (sql) => {
    if (!ofRows(sql)) return false
    tries++
    return noSpace
  })
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const told: (string | undefined)[] = []
  todos.on('status:change', () => told.push(todos.utils.error?.code))
  todos.startSyncImmediate()
  await eventually(() => expect(tries).toBeGreaterThan(2))
  expect(todos.utils.error).toMatchObject({ code: 'storage-full', cause: { message: noSpace } })
  log.stop()
  await eventually(() => expect(todos.status).toBe('ready'))
  expect(told.filter((code) => code === undefined)).toHaveLength(2) // it loads, and is ready
})

test('a query of a collection that is in step is read later, and so are those that it had', async () => {
  const { database, places } = await openPlaces(100)
  const one = ofCountry(places, 'c1')
  await one.live.preload()
  const log = await logStatements(database, (sql) => ofRows(sql) && noSpace)
  const two = ofCountry(places, 'c2')
  await eventually(() => expect(places.utils.error).toMatchObject({ code: 'storage-full' }))
  expect(one.ids()).toHaveLength(10) // what is shown stays
  log.stop()
  await eventually(() => expect([one.live.status, two.live.status]).toEqual(['ready', 'ready']))
  expect(two.ids()).toHaveLength(10)
  await database.execute("INSERT INTO places(id, country) VALUES ('one', 'c1'), ('two', 'c2')")
  await eventually(() => expect([...one.ids(), ...two.ids()]).toHaveLength(22))
})

test('what is read in the background is read later, and not for ever at once', async () => {
  const { database } = await openPlaces(500)
  const places = createPlaces(database, { syncMode: 'progressive' })
  let tries = 0
  const log = await logStatements(database, (sql) => {
    if (!ofRows(sql) || places.size === 0) return false
    tries++
    return noSpace
  })
  places.startSyncImmediate()
  await eventually(() => expect(tries).toBeGreaterThan(2))
  log.stop()
  await eventually(() => expect(places.size).toBe(500))
  expect(places.status).toBe('ready')
  expect(tries).toBeLessThan(20)
})

test('changes that a full disk keeps from being read are shown with space, and the collection stays ready', async () => {
  const { database, places } = await openPlaces(100)
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  let tries = 0
  const log = await logStatements(database, (sql) => {
    if (!ofRecords(sql)) return false
    tries++
    return noSpace
  })
  const told: string[] = []
  places.on('status:change', ({ status }) => told.push(status))
  await database.execute("INSERT INTO places(id, country) VALUES ('one', 'c1')")
  await eventually(() => expect(tries).toBeGreaterThan(2))
  expect(query.ids()).not.toContain('one')
  log.stop()
  await eventually(() => expect(query.ids()).toContain('one'))
  expect(told).toEqual([])
})

test('a write whose COMMIT finds no space is rejected, and the collection stays ready', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  const told: string[] = []
  todos.on('status:change', ({ status }) => told.push(status))
  const log = await logStatements(database, (sql) => sql.startsWith('COMMIT') && noSpace)
  await expect(todos.insert({ id: 'a', title: 'one' }).isPersisted.promise).rejects.toMatchObject({
    code: 'storage-full',
  })
  expect(log.filter(ofRows)).toEqual([]) // nothing is in doubt
  log.stop()
  await todos.insert({ id: 'a', title: 'two' }).isPersisted.promise
  expect(todos.toArray).toMatchObject([{ id: 'a', title: 'two' }])
  expect(told).toEqual([])
})

test('what a full disk keeps from being forgotten is shown, and is no error', async () => {
  const { database, places } = await openPlaces(100)
  const query = ofCountry(places, 'c1')
  await query.live.preload()
  const log = await logStatements(database, (sql) => sql.startsWith('DELETE FROM') && noSpace)
  await database.execute("INSERT INTO places(id, country) VALUES ('one', 'c1')")
  await eventually(() => expect(query.ids()).toContain('one'))
  log.stop()
  await database.execute("INSERT INTO places(id, country) VALUES ('two', 'c1')")
  await eventually(() => expect(query.ids()).toContain('two'))
  expect(places.status).toBe('ready')
})

test('so are a statement, and the outbox', async () => {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id) VALUES ('a')")
  const sql = 'SELECT id FROM todos WHERE TRUE'
  const log = await logStatements(
    database,
    (run) => (run === sql || run.includes('ps_crud')) && noSpace,
  )
  const rows = sqlQuery(database, sql)
  const stops = [rows.listen(() => undefined), outbox(database).listen(() => undefined)]
  await eventually(() => {
    expect(rows.get().error?.message).toBe(noSpace)
    expect(outbox(database).get().error?.cause).toMatchObject({ message: noSpace })
  })
  log.stop()
  await eventually(() => {
    expect(rows.get()).toMatchObject({ rows: [{ id: 'a' }], error: undefined })
    expect(outbox(database).get()).toMatchObject({ operations: 1, error: undefined })
  })
  for (const stop of stops) stop()
})

test('what would fail again is not tried again, nor what nobody needs any more', async () => {
  const table = (): Table => new Table({ name: column.text })
  const tables = new Schema({ torn: table(), left: table(), full: table() })
  const { props } = tables
  const database = await openDatabase(tables)
  const tries = { torn: 0, left: 0, full: 0 }
  await logStatements(database, (sql) => {
    const name = (['torn', 'left', 'full'] as const).find((one) => sql.includes(`ps_data__${one}`))
    if (name === undefined) return false
    tries[name]++
    return name === 'torn' ? 'malformed JSON' : noSpace
  })
  const start = (name: keyof typeof props) => {
    const one = createPowerSyncCollection({ database, table: props[name] })
    one.startSyncImmediate()
    return one
  }
  const [torn, left] = [start('torn'), start('left')]
  await eventually(() => expect([torn.status, left.status]).toEqual(['error', 'error']))
  await left.cleanup()
  const before = { ...tries }
  start('full')
  await eventually(() => expect(tries.full).toBeGreaterThan(3))
  expect(tries).toMatchObject({ torn: before.torn, left: before.left })
})

test('what passes is told from what does not by what SQLite and the browser say', () => {
  const wrapped = new Error('opening failed', { cause: new Error('no such table: ps_buckets') })
  expect(passes(wrapped)).toBe(true)
  expect(passes(new DOMException('taken', 'NoModificationAllowedError'))).toBe(true)
  for (const text of [noSpace, 'disk I/O error', 'no such table: main.ps_kv'])
    expect(passes(new Error(text)), text).toBe(true)
  for (const text of ['no such table: todos', 'no such table: ps_data__todos', 'malformed JSON'])
    expect(passes(new Error(text)), text).toBe(false)
  expect(passes(undefined)).toBe(false)
})
