/**
 * What core relies on of PowerSync beyond its documented API (docs/rooms/libraries.md), asked of the SDK alone: an upgrade
 * that changes one of these fails here first.
 */
import {
  column,
  type LockContext,
  LogLevels,
  type ResolvedTable,
  Schema,
  Table,
} from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { PowerSyncDatabase as WebDatabase } from '@powersync/web'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const columns = { title: column.text, done: column.integer, weight: column.real }
const schema = new Schema({
  todos: new Table(columns, { viewName: 'shown_todos' }),
  drafts: new Table(columns, { localOnly: true }),
  logs: new Table(columns, { insertOnly: true }),
  marked: new Table(columns, { trackMetadata: true }),
})
const { todos, drafts, logs, marked } = schema.props

const stored = (database: PowerSyncDatabase, table: Table) =>
  database.getAll<{ id: string; data: string }>(`SELECT * FROM ${table.internalName}`)

async function crudOf(database: PowerSyncDatabase) {
  return (await database.getCrudBatch(100))?.crud ?? []
}

/** What each commit from now on has touched. */
function watchCommits(database: PowerSyncDatabase): (readonly string[])[] {
  const commits: (readonly string[])[] = []
  onTestFinished(
    database.database.registerListener({
      tablesUpdated: ({ tables }) => void commits.push([...tables].toSorted()),
    }),
  )
  return commits
}

const trackAll = (database: PowerSyncDatabase, source: string) =>
  database.triggers.createDiffTrigger({
    source,
    destination: 'tracked',
    columns: [],
    when: { INSERT: 'TRUE', UPDATE: 'TRUE', DELETE: 'TRUE' },
  })

test('rows are stored in `ps_data__…` and `ps_data_local__…`, as `id` and the JSON object `data`', async () => {
  const database = await openDatabase(schema)
  expect(todos.internalName).toBe('ps_data__todos')
  expect(drafts.internalName).toBe('ps_data_local__drafts')
  for (const table of [todos, drafts]) {
    await database.execute(`INSERT INTO "${table.viewName}"(id, title, done) VALUES ('a', 'A', 1)`)
    const [row, ...others] = await stored(database, table)
    expect([Object.keys(row ?? {}), others]).toEqual([['id', 'data'], []])
    expect(JSON.parse(row?.data ?? '')).toMatchObject({ title: 'A', done: 1 })
    const names = await database.getAll("SELECT name FROM sqlite_master WHERE type = 'table'")
    expect(names).toContainEqual({ name: table.internalName })
    await database.execute(`DELETE FROM "${table.viewName}"`)
    expect(await stored(database, table)).toEqual([])
  }
})

test('a view casts what `json_extract` finds at `$.` and the name of the column, unquoted', async () => {
  const database = await openDatabase(schema)
  const { sql } = await database.get<{ sql: string }>(
    "SELECT sql FROM sqlite_master WHERE type = 'view' AND name = 'shown_todos'",
  )
  expect(sql).toMatch(/CAST\(json_extract\(data, '\$\.title'\) as TEXT\)/i)
  expect(sql).toMatch(/CAST\(json_extract\(data, '\$\.done'\) as INTEGER\)/i)
  expect(sql).toMatch(/CAST\(json_extract\(data, '\$\.weight'\) as REAL\)/i)
})

test('the schema that a database has gives its tables resolved: name, internal name, view, types of columns', async () => {
  const database = await openDatabase(schema)
  const table: ResolvedTable | undefined = database.schema.tables.find(
    ({ name }) => name === 'todos',
  )
  expect(table).toMatchObject({ internalName: 'ps_data__todos', viewName: 'shown_todos' })
  expect(table?.columns.map(({ name, type }) => [name, type])).toEqual([
    ['title', 'TEXT'],
    ['done', 'INTEGER'],
    ['weight', 'REAL'],
  ])
})

test('a view takes UPDATE … FROM … RETURNING, and says which ids were there', async () => {
  const database = await openDatabase(schema)
  await database.execute(`INSERT INTO shown_todos(id, title) VALUES ('a', 'A')`)
  const found = await database.writeLock((lock) =>
    lock.getAll(
      'UPDATE shown_todos AS target SET title = change.value->>1 FROM json_each(?) AS change WHERE target.id = change.value->>0 RETURNING id',
      ['[["a", "B"], ["gone", "C"]]'],
    ),
  )
  expect(found).toEqual([{ id: 'a' }])
  expect(await stored(database, todos)).toMatchObject([{ data: expect.stringContaining('"B"') }])
})

test('a write to the stored table is tracked, and queues nothing', async () => {
  const database = await openDatabase(schema)
  await database.execute(`INSERT INTO shown_todos(id) VALUES ('a')`)
  const queued = await crudOf(database)
  const remove = await trackAll(database, 'shown_todos')
  await database.execute('UPDATE ps_data__todos SET data = data')
  expect(await database.getAll('SELECT id, operation FROM tracked')).toEqual([
    { id: 'a', operation: 'UPDATE' },
  ])
  expect(await crudOf(database)).toEqual(queued)
  await remove()
})

test('`_metadata` and an update of `_deleted` on a view are a write with metadata, and a delete with it', async () => {
  const database = await openDatabase(schema)
  await database.execute(`INSERT INTO marked(id, _metadata) VALUES ('a', 'one')`)
  await database.execute(`UPDATE marked SET title = 'A', _metadata = 'two' WHERE id = 'a'`)
  await database.execute(`UPDATE marked SET _deleted = 1, _metadata = 'three' WHERE id = 'a'`)
  expect((await crudOf(database)).map(({ op, metadata }) => `${op} ${metadata}`)).toEqual([
    'PUT one',
    'PATCH two',
    'DELETE three',
  ])
  expect(await stored(database, marked)).toEqual([])
})

test('an insert-only table queues and stores nothing', async () => {
  const database = await openDatabase(schema)
  await database.execute(`INSERT INTO logs(id, title) VALUES ('a', 'A')`)
  expect((await crudOf(database)).map(({ op }) => op)).toEqual(['PUT'])
  expect(await stored(database, logs)).toEqual([])
})

test('a diff trigger without columns records ids alone, by TEMP triggers named after its table, until it is removed', async () => {
  const database = await openDatabase(schema)
  const remove = await trackAll(database, 'shown_todos')
  const names = async (): Promise<string[]> => {
    const found = await database.getAll<{ name: string }>(
      "SELECT name FROM sqlite_temp_master WHERE type IN ('trigger', 'table')",
    )
    return found.map(({ name }) => name).filter((name) => name.includes('tracked'))
  }
  const uuid = '[0-9a-f]{8}(_[0-9a-f]{4}){3}_[0-9a-f]{12}'
  const made = (await names()).toSorted()
  expect(made).toHaveLength(4)
  for (const [index, operation] of ['delete', 'insert', 'update'].entries()) {
    expect(made[index]).toMatch(new RegExp(`^__ps_temp_trigger_${operation}__tracked__${uuid}$`))
  }
  expect(made[3]).toBe('tracked')
  await database.execute(`INSERT INTO shown_todos(id, title) VALUES ('a', 'secret')`)
  await database.execute('DELETE FROM shown_todos')
  const records = await database.getAll('SELECT * FROM tracked')
  expect(records).toMatchObject([
    { id: 'a', operation: 'INSERT' },
    { id: 'a', operation: 'DELETE' },
  ])
  expect(JSON.stringify(records)).not.toContain('secret')
  await remove()
  expect(await names()).toEqual([])
})

test('`tablesUpdated` tells of each commit once, of TEMP tables too, and not of a DELETE without WHERE', async () => {
  const database = await openDatabase(schema)
  const remove = await trackAll(database, 'shown_todos')
  const commits = watchCommits(database)
  await database.writeTransaction(async (lock) => {
    await lock.execute(`INSERT INTO shown_todos(id) VALUES ('a')`)
    await lock.execute(`INSERT INTO shown_todos(id) VALUES ('b')`)
  })
  const ofTodos = () => commits.filter((tables) => tables.includes('ps_data__todos'))
  await eventually(() => expect(ofTodos()).toHaveLength(1))
  expect(ofTodos()[0]).toContain('tracked')
  const before = commits.length
  await database.execute('DELETE FROM tracked')
  await database.execute(`INSERT INTO drafts(id) VALUES ('a')`)
  await eventually(() => expect(commits.flat()).toContain('ps_data_local__drafts'))
  expect(commits.slice(before).flat()).not.toContain('tracked')
  expect(ofTodos()).toHaveLength(1)
  await remove()
})

test('a new schema is named at once, `schemaChanged` comes when SQLite has it, and a table that goes takes its trigger', async () => {
  const database = await openDatabase(schema, { logLevel: LogLevels.error }) // it warns of the trigger
  await trackAll(database, 'shown_todos')
  const without = new Schema({ notes: new Table(columns) })
  const isThere = async (): Promise<boolean> => {
    const names = await database.getAll<{ name: string }>('SELECT name FROM sqlite_master')
    return names.some(({ name }) => name === 'ps_data__notes')
  }
  const changed: Promise<boolean>[] = []
  onTestFinished(database.registerListener({ schemaChanged: () => void changed.push(isThere()) }))
  const updated = database.updateSchema(without)
  expect(database.schema).toBe(without)
  await updated
  expect(await Promise.all(changed)).toEqual([true])
  const left = await database.getAll(
    "SELECT name FROM sqlite_temp_master WHERE type = 'trigger' AND name LIKE '%tracked%'",
  )
  expect(left).toEqual([])
})

test('write locks are given in the order in which they are asked for, one at a time', async () => {
  const database = await openDatabase(schema)
  const log: string[] = []
  const lock = (name: string) =>
    database.writeLock(async (context) => {
      log.push(`${name} begins`)
      await context.execute('SELECT 1')
      log.push(`${name} ends`)
    })
  await Promise.all([lock('first'), lock('second'), lock('third')])
  expect(log).toEqual(
    ['first', 'second', 'third'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  )
})

test('a batch runs a statement for each row, in their order', async () => {
  const database = await openDatabase(schema)
  await database.execute(`INSERT INTO shown_todos(id) VALUES ('a'), ('b'), ('c')`)
  await database.execute('DELETE FROM ps_crud')
  await database.writeLock((lock) =>
    lock.executeBatch('DELETE FROM shown_todos WHERE id = ?', [['c'], ['a'], ['b']]),
  )
  expect((await crudOf(database)).map(({ id }) => id)).toEqual(['c', 'a', 'b'])
})

test('a database says `closing` while SQLite still answers, and is `closed` by its `closed`', async () => {
  const database = await openDatabase(schema)
  const log: unknown[] = []
  database.registerListener({
    closing: async () => {
      log.push(['closing', database.closed, await database.get('SELECT 1 AS one')])
    },
    closed: () => void log.push(['closed', database.closed]),
  })
  await database.close()
  expect(log).toEqual([
    ['closing', false, { one: 1 }],
    ['closed', true],
  ])
})

test('`onChange` runs one handler at a time, at once when asked, and once more for what came meanwhile', async () => {
  const database = await openDatabase(schema)
  const stopped = new AbortController()
  onTestFinished(() => stopped.abort())
  const open: (() => void)[] = []
  let running = 0
  let most = 0
  const onChange = async () => {
    most = Math.max(most, ++running)
    await new Promise<void>((go) => open.push(go))
    running--
  }
  const options = { tables: ['todos'], signal: stopped.signal, throttleMs: 0 }
  database.onChangeWithCallback({ onChange }, { ...options, triggerImmediate: true })
  await eventually(() => expect(open).toHaveLength(1))
  const commits = watchCommits(database)
  for (const id of ['x', 'y'])
    await database.execute('INSERT INTO shown_todos(id) VALUES (?)', [id])
  await eventually(() => expect(commits.length).toBeGreaterThan(1))
  open[0]!()
  await eventually(() => expect(open).toHaveLength(2))
  open[1]!()
  await eventually(() => expect(running).toBe(0))
  expect([open.length, most]).toEqual([2, 1])
})

test('where there is no window the web SDK opens a database named `SSR DB`, which holds nothing', async () => {
  const database = new WebDatabase({
    schema,
    database: { dbFilename: 'todos.db', disableSSRWarning: true },
  })
  onTestFinished(() => database.close())
  expect(database.database.name).toBe('SSR DB')
  expect(await database.getAll('SELECT 1')).toEqual([])
})

test('an id of any bytes is stored, and SQLite names its type and its bytes exactly', async () => {
  const database = await openDatabase(schema)
  await database.execute(
    "INSERT INTO ps_data__todos(id, data) VALUES ('a' || char(0) || 'b', '{}'), (x'ff', '{}')",
  )
  const ids = await database.getAll(
    'SELECT typeof(id) AS type, hex(id) AS bytes FROM ps_data__todos ORDER BY id',
  )
  expect(ids).toEqual([
    { type: 'text', bytes: '610062' },
    { type: 'blob', bytes: 'FF' },
  ])
})

test('an index of the schema is on the expressions by which the view casts its columns', async () => {
  const indexed = new Table(
    { title: column.text, done: column.integer },
    { indexes: { both: ['title', '-done'] } },
  )
  const database = await openDatabase(new Schema({ indexed }))
  const [index] = await database.getAll(
    "SELECT sql FROM sqlite_master WHERE type = 'index' AND name = 'ps_data__indexed__both'",
  )
  expect(index).toEqual({
    sql: expect.stringMatching(
      /CAST\(json_extract\(data, '\$\.title'\) as TEXT\), CAST\(json_extract\(data, '\$\.done'\) as INTEGER\) DESC/,
    ) as string,
  })
})

test('a diff trigger that is made in a transaction goes when that is rolled back', async () => {
  const database = await openDatabase(schema)
  const count = async (): Promise<number> => {
    const names = "SELECT name FROM sqlite_temp_master WHERE name LIKE '%tracked%'"
    return (await database.getAll(names)).length
  }
  const create = (setupContext: LockContext) =>
    database.triggers.createDiffTrigger({
      setupContext,
      source: 'shown_todos',
      destination: 'tracked',
      columns: [],
      when: { INSERT: 'TRUE' },
    })
  await database.writeTransaction(async (lock) => {
    await create(lock)
    await lock.rollback()
  })
  expect(await count()).toBe(0)
  const remove = await database.writeTransaction(create)
  expect(await count()).toBe(2)
  await database.writeLock((context) => remove({ context }))
  expect(await count()).toBe(0)
})
