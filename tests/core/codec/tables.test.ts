import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection, isRowsignalError, jsonColumn } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const columns = { title: column.text, note: column.text }

const schema = new Schema({
  named: new Table(columns, { viewName: 'another name' }),
  local: new Table(columns, { localOnly: true }),
  logs: new Table(columns, { insertOnly: true }),
  previous: new Table(columns, { trackPrevious: true }),
  previousTitle: new Table(columns, {
    trackPrevious: { columns: ['title'], onlyWhenChanged: true },
  }),
  metadata: new Table(columns, { trackMetadata: true }),
  quiet: new Table(columns, { ignoreEmptyUpdates: true }),
  indexed: new Table(columns, { indexes: { byTitle: ['title', '-note'] } }),
  local_named: new Table(columns, { localOnly: true, viewName: 'select' }),
  all: new Table(columns, {
    viewName: 'everything',
    trackPrevious: true,
    trackMetadata: true,
    ignoreEmptyUpdates: true,
    indexes: { byTitle: ['title'] },
  }),
})

async function crudOf(database: PowerSyncDatabase) {
  return (await database.getCrudBatch(100))?.crud ?? []
}

const kinds = Object.entries(schema.props).filter(([name]) => name !== 'logs')

test.each(kinds)('table %s is followed and written like any other', async (_, table) => {
  const database = await openDatabase(schema)
  const rows = createPowerSyncCollection({ database, table })
  const view = `"${table.viewName}"`
  await database.execute(`INSERT INTO ${view}(id, title) VALUES ('a', 'A')`)
  await rows.preload()
  expect(rows.get('a')).toMatchObject({ title: 'A', note: null })
  await database.execute(`UPDATE ${view} SET note = 'n'`)
  await eventually(() => expect(rows.get('a')).toMatchObject({ title: 'A', note: 'n' }))
  await rows.insert([{ id: 'b', title: 'B' }, { id: 'c' }]).isPersisted.promise
  await rows.update('b', (draft) => {
    draft.title = 'B2'
  }).isPersisted.promise
  await rows.delete(['a', 'c']).isPersisted.promise
  expect(await database.getAll(`SELECT * FROM ${view}`)).toEqual([
    {
      id: 'b',
      title: 'B2',
      note: null,
      ...(table.trackMetadata && { _metadata: null, _deleted: null }),
    },
  ])
  expect(rows.toArray).toMatchObject([{ id: 'b', title: 'B2', note: null }])
  expect(rows.utils.getMeta().tableName).toBe(table.viewName)
})

test('writes to a table with another view name are queued under the table’s', async () => {
  const database = await openDatabase(schema)
  const rows = createPowerSyncCollection({ database, table: schema.props.named })
  await rows.insert({ id: 'a' }).isPersisted.promise
  expect((await crudOf(database)).map(({ table, id }) => ({ table, id }))).toEqual([
    { table: 'named', id: 'a' },
  ])
})

test('writes to a local-only table are not queued', async () => {
  const database = await openDatabase(schema)
  const rows = createPowerSyncCollection({ database, table: schema.props.local })
  await rows.insert({ id: 'a', title: 'A' }).isPersisted.promise
  await rows.update('a', (draft) => {
    draft.title = 'A2'
  }).isPersisted.promise
  expect(rows.get('a')).toMatchObject({ title: 'A2', $synced: true })
  expect(await crudOf(database)).toEqual([])
})

test('a row inserted into an insert-only table is queued, and gone once it is written', async () => {
  const database = await openDatabase(schema)
  const logs = createPowerSyncCollection({ database, table: schema.props.logs })
  await logs.preload()
  const write = logs.insert({ id: 'a', title: 'opened' })
  expect(logs.get('a')).toMatchObject({ title: 'opened' })
  await write.isPersisted.promise
  await eventually(() => expect(logs.size).toBe(0))
  expect(await crudOf(database)).toMatchObject([
    { op: 'PUT', table: 'logs', id: 'a', opData: { title: 'opened' } },
  ])
  expect(await database.getAll('SELECT * FROM logs')).toEqual([])
  expect(() =>
    logs.update('a', (draft) => {
      draft.title = 'closed'
    }),
  ).toThrow('not found')
})

test('trackPrevious keeps what a write has replaced', async () => {
  const database = await openDatabase(schema)
  for (const table of [schema.props.previous, schema.props.previousTitle]) {
    const rows = createPowerSyncCollection({ database, table })
    await rows.insert({ id: 'a', title: 'A', note: 'n' }).isPersisted.promise
    await rows.update('a', (draft) => {
      draft.title = 'B'
    }).isPersisted.promise
    await rows.update('a', (draft) => {
      draft.note = 'm'
    }).isPersisted.promise
    await rows.delete('a').isPersisted.promise
  }
  const previous = (await crudOf(database)).map((entry) => [entry.table, entry.previousValues])
  expect(previous).toEqual([
    ['previous', undefined],
    ['previous', { title: 'A', note: 'n' }],
    ['previous', { title: 'B', note: 'n' }],
    ['previous', { title: 'B', note: 'm' }],
    ['previousTitle', undefined],
    ['previousTitle', { title: 'A' }],
    ['previousTitle', {}],
    ['previousTitle', { title: 'B' }],
  ])
})

test('ignoreEmptyUpdates queues no update that changes nothing', async () => {
  const database = await openDatabase(schema)
  for (const table of [schema.props.quiet, schema.props.indexed]) {
    const rows = createPowerSyncCollection({ database, table })
    await rows.preload()
    await database.execute(`INSERT INTO ${table.viewName}(id, title) VALUES ('a', 'A')`)
    await eventually(() => expect(rows.size).toBe(1))
    const before = rows.get('a')
    await database.execute(`UPDATE ${table.viewName} SET title = 'A'`)
    await database.execute(`INSERT INTO ${table.viewName}(id, title) VALUES ('b', 'B')`)
    await eventually(() => expect(rows.size).toBe(2))
    expect(rows.get('a')).toBe(before)
  }
  const queued = (await crudOf(database)).map(({ table, op }) => `${op} ${table}`)
  expect(queued).toEqual(['PUT quiet', 'PUT quiet', 'PUT indexed', 'PATCH indexed', 'PUT indexed'])
})

function codeOf(run: () => unknown): [string, string] | undefined {
  try {
    run()
  } catch (error) {
    return isRowsignalError(error) ? [error.code, error.message] : undefined
  }
}

test('a column that a new schema adds is read and written, one that it drops is refused', async () => {
  const before = new Schema({ todos: new Table({ title: column.text, old: column.text }) })
  const after = new Schema({ todos: new Table({ title: column.text, done: column.integer }) })
  const database = await openDatabase(before)
  const todos = createPowerSyncCollection({
    database,
    table: after.props.todos, // known to the app before the database has it
    columns: { title: jsonColumn<string[]>() },
  })
  await todos.insert({ id: 'a', title: ['x'] }).isPersisted.promise
  expect(() => todos.insert({ id: 'b', done: 1 })).toThrow('is not a column of table todos')
  await database.updateSchema(after)
  await eventually(() => expect(todos.get('a')).toMatchObject({ title: ['x'], done: null }))
  await todos.insert({ id: 'b', done: 1 }).isPersisted.promise
  expect(todos.get('b')).toMatchObject({ title: null, done: 1 })
  expect(() => todos.insert({ id: 'c', old: 'x' } as never)).toThrow('is not a column')
})

test('a raw table is refused', async () => {
  const withRaw = new Schema({ todos: new Table(columns) })
  withRaw.withRawTables({ places: { schema: {} } })
  const database = await openDatabase(withRaw)
  const table = withRaw.rawTables[0] as never
  const [code, message] = codeOf(() => createPowerSyncCollection({ database, table }))!
  expect(code).toBe('table-unsupported')
  expect(message).toContain('`places` is a raw table')
})
