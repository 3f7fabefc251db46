import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, rows, sqlQuery, type SqlRows } from '@rowsignal/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/todos.ts'

async function openTodos() {
  const database = await openDatabase(schema)
  await database.execute(
    "INSERT INTO todos(id, title, done) VALUES ('a', 'A', 0), ('b', 'B', 0), ('c', 'C', 1)",
  )
  return database
}

type Database = Awaited<ReturnType<typeof openTodos>>
type Titled = { id: string; title: string }

/** Follows a statement until the test ends; `told` holds every value that a listener was told. */
function follow<Row extends object>(database: Database, sql: string, parameters?: unknown[]) {
  const query = sqlQuery<Row>(database, sql, parameters)
  const told: SqlRows<Row>[] = []
  const stop = query.listen((value) => void told.push(value))
  onTestFinished(stop)
  const settled = () => eventually(() => expect(query.get().isLoading).toBe(false))
  return { query, told, stop, settled }
}

/** Every commit before this has been seen, since who asks for the lock later has it later. */
async function passes(database: Database) {
  const seen = follow(database, 'SELECT count(*) AS n FROM lists')
  await seen.settled()
  await database.execute('INSERT INTO lists(id, name) VALUES (uuid(), ?)', ['mark'])
  await eventually(() => expect(seen.told.length).toBeGreaterThan(1))
  seen.stop()
}

test('the rows are loading until the first result, and follow every commit that changes them', async () => {
  const database = await openTodos()
  const { query, settled, told } = follow<Titled>(
    database,
    'SELECT id, title FROM todos WHERE done = ? ORDER BY title',
    [0],
  )
  expect(query.get()).toEqual({ rows: [], isLoading: true, error: undefined })
  await settled()
  expect(query.get()).toEqual({
    rows: [
      { id: 'a', title: 'A' },
      { id: 'b', title: 'B' },
    ],
    isLoading: false,
    error: undefined,
  })
  await database.execute("UPDATE todos SET done = 0 WHERE id = 'c'")
  await eventually(() => expect(query.get().rows.map(({ id }) => id)).toEqual(['a', 'b', 'c']))
  await database.writeTransaction(async (lock) => {
    await lock.execute("DELETE FROM todos WHERE id = 'a'")
    await lock.execute("UPDATE todos SET title = 'A' WHERE id = 'c'")
  })
  await eventually(() => expect(query.get().rows.map(({ id }) => id)).toEqual(['c', 'b']))
  expect(told.map(({ rows }) => rows.length)).toEqual([2, 3, 2])
})

test('an equal row is the same object, equal rows are the same array, and call nobody', async () => {
  const database = await openTodos()
  const { query, settled, told } = follow<Titled>(
    database,
    "SELECT id, title, cast('x' AS BLOB) AS bytes FROM todos ORDER BY id",
  )
  await settled()
  const before = query.get()
  await database.execute("UPDATE todos SET done = 5 WHERE id = 'a'")
  await passes(database)
  expect(query.get()).toBe(before)
  expect(told).toHaveLength(1)
  await database.execute("UPDATE todos SET title = 'changed' WHERE id = 'b'")
  await eventually(() => expect(query.get().rows[1]?.title).toBe('changed'))
  expect(query.get().rows[0]).toBe(before.rows[0])
  expect(query.get().rows[2]).toBe(before.rows[2])
  expect(() => Object.assign(query.get().rows[0]!, { title: 'mine' })).toThrow(TypeError)
})

test.each([
  {
    change: 'rows that only change their places',
    sql: 'SELECT id FROM todos ORDER BY weight, id',
    write: "UPDATE todos SET weight = 1 WHERE id = 'a'",
    expected: [{ id: 'b' }, { id: 'c' }, { id: 'a' }],
  },
  {
    change: 'one of two equal rows',
    sql: 'SELECT done FROM todos ORDER BY done',
    write: "DELETE FROM todos WHERE id = 'a'",
    expected: [{ done: 0 }, { done: 1 }],
  },
  {
    change: 'the last row',
    sql: 'SELECT id FROM todos WHERE done = 1',
    write: "DELETE FROM todos WHERE id = 'c'",
    expected: [],
  },
  {
    change: 'rows without an id',
    sql: 'SELECT done, count(*) AS n FROM todos GROUP BY done',
    write: "UPDATE todos SET done = 1 WHERE id = 'a'",
    expected: [
      { done: 0, n: 1 },
      { done: 1, n: 2 },
    ],
  },
])('a change of $change is told', async ({ sql, write, expected }) => {
  const database = await openTodos()
  const { query, settled } = follow<object>(database, sql)
  await settled()
  await database.execute(write)
  await eventually(() => expect(query.get().rows).toEqual(expected))
})

test('SQL that TanStack DB can’t say: windows, recursion, full-text search', async () => {
  const database = await openTodos()
  await database.execute('CREATE VIRTUAL TABLE found USING fts5(id, title)')
  await database.execute("INSERT INTO found VALUES ('a', 'a picnic'), ('b', 'a race')")
  const statements = {
    window: 'SELECT id, row_number() OVER (ORDER BY title DESC) AS place FROM todos ORDER BY place',
    recursion:
      'WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < (SELECT count(*) FROM todos)) SELECT n FROM up',
    search: "SELECT id FROM found WHERE found MATCH 'picnic'",
  }
  const followed = Object.values(statements).map((sql) => follow(database, sql))
  for (const { settled } of followed) await settled()
  expect(followed.map(({ query }) => query.get().rows)).toEqual([
    [
      { id: 'c', place: 1 },
      { id: 'b', place: 2 },
      { id: 'a', place: 3 },
    ],
    [{ n: 1 }, { n: 2 }, { n: 3 }],
    [{ id: 'a' }],
  ])
  await database.execute("INSERT INTO todos(id, title) VALUES ('d', 'D')")
  await eventually(() => {
    expect(followed.map(({ query }) => query.get().rows.length)).toEqual([4, 4, 1])
  })
})

test('a statement that can’t be run is an error, which goes with the schema that mends it', async () => {
  const database = await openTodos()
  const { query, settled } = follow<object>(database, 'SELECT * FROM notes')
  await settled()
  expect(query.get().error?.message).toContain('no such table')
  const notes = { notes: new Table({ text: column.text }) }
  await database.updateSchema(new Schema(notes))
  await database.execute("INSERT INTO notes(id, text) VALUES ('a', 'hello')")
  await eventually(() => {
    expect(query.get()).toEqual({
      rows: [{ id: 'a', text: 'hello' }],
      isLoading: false,
      error: undefined,
    })
  })
})

test('an error leaves the rows, and a statement that fails once runs again after the next commit', async () => {
  const database = await openTodos()
  const { query, settled } = follow<object>(
    database,
    "SELECT id, json_extract(title, '$.x') AS x FROM todos WHERE id = 'a'",
  )
  await settled()
  expect(query.get().error?.message).toContain('malformed JSON')
  await database.execute(`UPDATE todos SET title = '{"x":1}' WHERE id = 'a'`)
  await eventually(() => expect(query.get().rows).toEqual([{ id: 'a', x: 1 }]))
  const { rows } = query.get()
  await database.execute("UPDATE todos SET title = 'no JSON' WHERE id = 'a'")
  await eventually(() => expect(query.get().error).toBeDefined())
  expect(query.get().rows).toBe(rows)
})

test('after the last listener nothing runs, and the rows stay, said to be loading, for the next', async () => {
  const database = await openTodos()
  const { query, settled, stop, told } = follow<Titled>(database, 'SELECT id, title FROM todos')
  await settled()
  const { rows } = query.get()
  stop()
  expect(query.get()).toEqual({ rows, isLoading: true, error: undefined })
  const resolved = vi.spyOn(database, 'resolveTables')
  await database.execute("UPDATE todos SET title = 'unseen' WHERE id = 'a'")
  await passes(database)
  expect(told).toHaveLength(1)
  expect(query.get().rows).toBe(rows)
  onTestFinished(query.listen(() => {}))
  await settled()
  expect(query.get().rows.map(({ title }) => title)).toEqual(['unseen', 'B', 'C'])
  expect(query.get().rows[1]).toBe(rows[1])
  expect(resolved).toHaveBeenCalledTimes(2) // that of `passes`, and this one
})

test('a listener that leaves before the first result hears nothing', async () => {
  const database = await openTodos()
  const { query, stop, told } = follow(database, 'SELECT id FROM todos')
  stop()
  await passes(database)
  expect(told).toEqual([])
  expect(query.get()).toEqual({ rows: [], isLoading: true, error: undefined })
})

test('a write of a collection and a statement over it are both right after it', async () => {
  const database = await openTodos()
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  onTestFinished(rows(todos).listen(() => {}))
  await todos.preload()
  const { query, settled } = follow<{ n: number }>(
    database,
    'SELECT count(*) AS n FROM todos WHERE done = 0',
  )
  await settled()
  await todos.insert({ id: 'd', title: 'D', done: 0 }).isPersisted.promise
  await eventually(() => expect(query.get().rows).toEqual([{ n: 3 }]))
})

test('a clear empties it', async () => {
  const database = await openTodos()
  const { query, settled } = follow(database, 'SELECT id FROM todos')
  await settled()
  await database.disconnectAndClear()
  await eventually(() => expect(query.get().rows).toEqual([]))
})

test('when the database closes the statement says so', async () => {
  const database = await openTodos()
  const { query, settled } = follow(database, 'SELECT id FROM todos')
  await settled()
  await database.close()
  expect(query.get()).toMatchObject({
    rows: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
    isLoading: false,
    error: { code: 'database-closed' },
  })
})
