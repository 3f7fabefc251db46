import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection, isRowsignalError } from '@rowsignal/core'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/todos.ts'

const table = schema.props.todos

/** Ids by their bytes, as the expressions of SQL that make them. */
async function store(database: PowerSyncDatabase, ids: readonly string[], data = '{}') {
  for (const id of ids) {
    await database.execute(`INSERT INTO ps_data__todos(id, data) VALUES (${id}, ?)`, [data])
  }
}

async function hexIds(database: PowerSyncDatabase): Promise<string[]> {
  const rows = await database.getAll<{ hex: string }>(
    'SELECT hex(id) AS hex FROM ps_data__todos ORDER BY id',
  )
  return rows.map(({ hex }) => hex)
}

async function codeOf(run: () => unknown): Promise<string> {
  try {
    await run()
    return 'none'
  } catch (error) {
    return isRowsignalError(error) ? error.code : (error as Error).name
  }
}

const readable = [
  '',
  ' ',
  '0',
  '1',
  '01',
  '1e3',
  'A',
  'a',
  'a ',
  '__proto__',
  'constructor',
  'null',
  "it's",
  '"',
  '%_',
  '\u00e9',
  'e\u0301',
  '\u2028',
  '😀',
  '\ue000',
  'x'.repeat(100_000),
]
const unreadable = [
  "'a' || char(0)",
  "'a' || char(0) || 'b'",
  'char(0)',
  "CAST(x'61eda080' AS TEXT)", // half of a surrogate pair
  "CAST(x'61ff' AS TEXT)",
  "CAST(x'ff' AS TEXT)",
  'char(65533)',
  "x'61'", // a blob, past PowerSync's views
  "x''",
  "x'ff00'",
]
const literal = (id: string): string => `'${id.replaceAll("'", "''")}'`

test.each([1, 2, 3, 10_000])(
  'a first read in chunks of %i shows every id that drivers carry, and names the others',
  async (syncBatchSize) => {
    const database = await openDatabase(schema)
    await store(database, [...readable.map(literal), ...unreadable], '{"title":1.0}') // inexact
    const refused = vi.fn()
    const todos = createPowerSyncCollection({
      database,
      table,
      syncBatchSize,
      onDeserializationError: refused,
    })
    await todos.preload()
    expect([...todos.keys()].toSorted()).toEqual(readable.toSorted())
    expect(todos.toArray.every(({ title }) => title === '1.0')).toBe(true)
    const { badRows } = todos.utils
    expect(badRows.size).toBeGreaterThan(0)
    expect(refused).toHaveBeenCalledTimes(badRows.size)
    for (const { issues } of badRows.values()) expect(issues).toMatchObject([{ path: ['id'] }])
  },
)

test('a chunk may end at any of them', async () => {
  for (const id of unreadable) {
    const database = await openDatabase(schema)
    await store(database, ["'A'", id, "'z'"])
    const todos = createPowerSyncCollection({ database, table, syncBatchSize: 1 })
    await todos.preload()
    expect([...todos.keys()]).toEqual(['A', 'z'])
    expect(todos.utils.badRows.size).toBe(1)
  }
})

test('ids that change outside are read as those of a first read', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table })
  await todos.preload()
  await store(database, [...readable.map(literal), ...unreadable], '{"title":1.0}')
  await eventually(() => expect(todos.size).toBe(readable.length))
  expect([...todos.keys()].toSorted()).toEqual(readable.toSorted())
  expect(todos.get('')).toMatchObject({ title: '1.0' })
  expect(todos.utils.badRows.size).toBeGreaterThan(0)
  await database.execute('DELETE FROM ps_data__todos')
  await eventually(() => expect(todos.size).toBe(0))
  expect(todos.utils.badRows.size).toBe(0)
})

test('ids that drivers carry are written as they are', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table })
  const ids = readable.filter((id) => id !== '') // refused at the call, as it is a mistake in an app
  await todos.insert(ids.map((id) => ({ id, title: 'A' }))).isPersisted.promise
  await todos.update(ids, (drafts) => {
    for (const draft of drafts) draft.title = 'B'
  }).isPersisted.promise
  expect((await hexIds(database)).toSorted()).toEqual(
    ids.map((id) => Buffer.from(id).toString('hex').toUpperCase()).toSorted(),
  )
  expect(await database.getAll("SELECT id FROM todos WHERE title <> 'B'")).toEqual([])
  await todos.delete(ids).isPersisted.promise
  expect(await hexIds(database)).toEqual([])
})

test.each(['a\0', 'a\0b', '\0', 'a\ud800', '\udc00b', 'a\ufffd'])(
  'the id %j is refused, with and without a schema, and no other row is touched',
  async (id) => {
    const database = await openDatabase(schema)
    await store(database, ["'a'"], '{"title":"A"}')
    const plain = createPowerSyncCollection({ database, table })
    const described = createPowerSyncCollection({
      database,
      table,
      schema: z.object({ id: z.string(), title: z.string().nullish() }),
    })
    await Promise.all([plain.preload(), described.preload()])
    expect(await codeOf(() => plain.insert({ id }))).toBe('SchemaValidationError')
    expect(await codeOf(() => described.insert({ id }).isPersisted.promise)).toBe(
      'value-unsupported',
    )
    // Held for a moment: by its key another row would be meant.
    const rejected = Promise.all([
      codeOf(() => described.insert({ id, title: 'B' }).isPersisted.promise),
      codeOf(() => described.update(id, (draft) => void (draft.title = 'C')).isPersisted.promise),
      codeOf(() => described.delete(id).isPersisted.promise),
    ])
    expect(await rejected).toEqual(Array(3).fill('value-unsupported'))
    expect(await database.getAll('SELECT id, title FROM todos')).toEqual([{ id: 'a', title: 'A' }])
    expect([...plain.keys(), ...described.keys()]).toEqual(['a', 'a'])
  },
)

const title = z.string().nullish()
const changing = {
  'another case': z.object({ id: z.string().toLowerCase(), title }),
  'a prefix': z.object({ id: z.string().transform((id) => `todo:${id}`), title }),
  'a number': z.object({ id: z.string().transform(Number), title }),
  'none at all': z.object({ title }),
  'no row': z.any().transform(() => null),
}

test.each(Object.entries(changing))(
  'a schema that gives a stored row %s makes it a bad row, reported once, and leaves none behind',
  async (_, changingSchema) => {
    const database = await openDatabase(schema)
    await store(database, ["'ABC'", "'DEF'"])
    const refused = vi.fn()
    const todos = createPowerSyncCollection({
      database,
      table,
      schema: z.object({ id: z.string(), title }),
      deserializationSchema: changingSchema as never,
      onDeserializationError: refused,
    })
    await todos.preload()
    await database.execute("UPDATE todos SET title = 'B' WHERE id = 'ABC'")
    await database.execute("INSERT INTO todos(id) VALUES ('GHI')")
    await eventually(() => expect(todos.utils.badRows.size).toBe(3))
    expect([...todos.keys()]).toEqual([])
    expect([...todos.utils.badRows.keys()]).toEqual(['ABC', 'DEF', 'GHI'])
    expect(refused).toHaveBeenCalledTimes(3)
    await database.execute('DELETE FROM todos')
    await eventually(() => expect(todos.utils.badRows.size).toBe(0))
    expect([...todos.keys()]).toEqual([])
  },
)

test('a row whose schema begins to change its id is gone, and back when it ends', async () => {
  const database = await openDatabase(schema)
  await store(database, ["'a'"], '{"title":"A"}')
  const todos = createPowerSyncCollection({
    database,
    table,
    schema: z
      .object({ id: z.string(), title })
      .transform((row) => (row.title === 'B' ? { ...row, id: 'b' } : row)),
  })
  await todos.preload()
  expect([...todos.keys()]).toEqual(['a'])
  await database.execute("UPDATE todos SET title = 'B'")
  await eventually(() => expect([...todos.keys()]).toEqual([]))
  expect([...todos.utils.badRows.keys()]).toEqual(['a'])
  await database.execute("UPDATE todos SET title = 'C'")
  await eventually(() => expect([...todos.keys()]).toEqual(['a']))
  expect([...todos.utils.badRows.keys()]).toEqual([])
})

test('an insert whose schema makes another id is stored under that, if it reads back', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table, schema: changing['another case'] })
  await todos.insert({ id: 'ABC' }).isPersisted.promise
  expect([...todos.keys()]).toEqual(['abc'])
  await todos.update('abc', (draft) => void (draft.title = 'B')).isPersisted.promise
  await todos.delete('abc').isPersisted.promise
  expect(await hexIds(database)).toEqual([])
})

test('an insert that would not read back under its id is refused', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table, schema: changing['a prefix'] })
  const write = todos.insert({ id: 'a' })
  await expect(write.isPersisted.promise).rejects.toMatchObject({ code: 'value-unsupported' })
  expect(await hexIds(database)).toEqual([])
  expect([...todos.keys()]).toEqual([])
  const nameless = createPowerSyncCollection({ database, table, schema: changing['none at all'] })
  expect(() => nameless.insert({ title: 'A' })).toThrow()
  expect(await hexIds(database)).toEqual([])
})
