import { createPowerSyncCollection, isRowsignalError } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import { createTransaction } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { insertTodos, logEvents, schema, trackingObjects } from '../../support/todos.ts'

const table = schema.props.todos

test('a first read in chunks finds every row once', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 25)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 10 })
  const log = logEvents(todos)
  await todos.preload()
  expect(todos.size).toBe(25)
  expect(log).toHaveLength(25)
  expect(new Set(log).size).toBe(25)
})

test.each([0, 10, 20])('a first read of %i rows in chunks of 10 ends', async (count) => {
  const database = await openDatabase(schema)
  await insertTodos(database, count)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 10 })
  await todos.preload()
  expect(todos.size).toBe(count)
})

test('the first rows are shown before the others are read, and chunks are no larger than asked for', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 1_000)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 500 })
  const sizes: number[] = []
  const statuses: string[] = []
  todos.subscribeChanges((changes) => {
    if (changes.length > 0) sizes.push(changes.length)
    statuses.push(todos.status)
  })
  await todos.preload()
  expect(sizes).toEqual([200, 300, 500]) // the chunk after the first rows finds these once more
  expect(statuses[0]).toBe('loading') // ready is when all is shown
  expect([...todos.keys()]).toEqual([...todos.keys()].toSorted())
})

test('what is stored first is shown first, and every row once, whatever its key', async () => {
  const database = await openDatabase(schema)
  await database.execute(
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
     INSERT INTO todos (id, title) SELECT printf('t%03d', 999 - i), 'todo ' || i FROM n`,
  )
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 500 })
  const log = logEvents(todos)
  await todos.preload()
  expect(log.slice(0, 200).at(-1)).toContain('t800')
  expect(log.slice(0, 200).every((event) => /t[89]\d\d/.test(event))).toBe(true)
  expect(new Set(log).size).toBe(1_000)
  expect(log).toHaveLength(1_000)
})

test('first rows that are gone, or others, before all are read are not shown when the collection is ready', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 300)
  const todos = createPowerSyncCollection({ database, table })
  const seen: number[] = []
  let writes: Promise<unknown> | undefined
  todos.subscribeChanges(() => {
    seen.push(todos.size)
    // The lock in which the trigger is made is still held: these come next.
    writes ??= Promise.all([
      database.execute("DELETE FROM todos WHERE id < 't000100'"),
      database.execute("UPDATE todos SET title = 'other' WHERE id = 't000150'"),
    ])
  })
  await todos.stateWhenReady()
  await writes
  expect(seen[0]).toBe(200)
  await eventually(() => expect(todos.size).toBe(200))
  expect(todos.has('t000000')).toBe(false)
  await eventually(() => expect(todos.get('t000150')?.title).toBe('other'))
})

test('a second collection of a table that is followed is read by key alone', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 300)
  const first = createPowerSyncCollection({ database, table })
  await first.preload()
  const second = createPowerSyncCollection({ database, table })
  const sizes: number[] = []
  second.subscribeChanges((changes) => {
    if (changes.length > 0) sizes.push(changes.length)
  })
  await second.preload()
  expect(sizes).toEqual([200, 100])
})

test('rows that change, come and go between two chunks are right when the collection is ready', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 10)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 2 })
  const ready = todos.preload()
  // Each waits for the write lock, so it gets its turn between two chunks of the read.
  let next = 0
  while (todos.status === 'loading' && next < 10) {
    const id = `t${String(9 - next).padStart(6, '0')}`
    await database.execute('DELETE FROM todos WHERE id = ?', [id])
    await database.execute("INSERT INTO todos(id, title) VALUES (?, 'new')", [`n${next}`])
    await database.execute("UPDATE todos SET title = 'changed' WHERE id = 't000000'")
    next++
  }
  await ready
  expect(next).toBeGreaterThan(1)
  const stored = await database.getAll('SELECT * FROM todos ORDER BY id')
  await eventually(() => expect(plain(todos.toArray)).toEqual(stored))
})

test('a row deleted after its chunk was read does not come back', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 6)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 2 })
  let deleted: Promise<unknown> | undefined
  todos.subscribeChanges(() => {
    // The first chunk has just been shown; the delete gets the write lock before the second.
    deleted ??= database.execute("DELETE FROM todos WHERE id = 't000000'").then(() => {
      expect(todos.status).toBe('loading')
    })
  })
  await todos.stateWhenReady()
  await deleted
  expect(todos.has('t000000')).toBe(false)
  expect(todos.size).toBe(5)
})

test('a write made before the collection is ready is persisted and stays visible', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 10)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 2 })
  todos.subscribeChanges(() => {})
  const seen: (string | null | undefined)[] = []
  todos.subscribeChanges(() => seen.push(todos.get('mine')?.title))
  const write = todos.insert({ id: 'mine', title: 'early' })
  const edit = todos.update('mine', (draft) => {
    draft.title = 'early 2'
  })
  await Promise.all([write.isPersisted.promise, edit.isPersisted.promise])
  await todos.stateWhenReady()
  expect(todos.get('mine')?.title).toBe('early 2')
  expect(await database.get("SELECT title FROM todos WHERE id = 'mine'")).toEqual({
    title: 'early 2',
  })
  // Shown from the first moment on, never gone and never back.
  const titles = seen.filter((title, index) => title !== seen[index - 1])
  expect(titles).toEqual(['early', 'early 2'])
})

test('a write to a collection that nobody has read yet is persisted and shown', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table })
  await todos.insert({ id: 'a', title: 'first' }).isPersisted.promise
  expect(todos.get('a')?.title).toBe('first')
  expect(await database.getAll('SELECT id FROM todos')).toEqual([{ id: 'a' }])
})

test('a collection that is cleaned up leaves no trigger and reads again when it starts again', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  const todos = createPowerSyncCollection({ database, table })
  await todos.preload()
  expect(await trackingObjects(database)).not.toEqual([])
  await todos.cleanup()
  await eventually(async () => expect(await trackingObjects(database)).toEqual([]))
  await database.execute("DELETE FROM todos WHERE id = 't000001'")
  await todos.preload()
  expect([...todos.keys()]).toEqual(['t000000', 't000002'])
  await database.execute("DELETE FROM todos WHERE id = 't000002'")
  await eventually(() => expect([...todos.keys()]).toEqual(['t000000']))
})

test('a row that only an open transaction has stays when the table is read', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 2 })
  const log = logEvents(todos)
  const open = createTransaction({ autoCommit: false, mutationFn: () => Promise.resolve() })
  todos.startSyncImmediate()
  open.mutate(() => todos.insert({ id: 'mine', title: 'mine' }))
  await eventually(() => expect(todos.status).toBe('ready'))
  expect([...todos.keys()].sort()).toEqual(['mine', 't000000', 't000001', 't000002'])
  expect(log.filter((line) => line.includes('mine'))).toEqual(['insert mine title=mine'])
  open.rollback()
  await open.isPersisted.promise.catch(() => undefined)
  expect([...todos.keys()]).toEqual(['t000000', 't000001', 't000002'])
})

test('a collection may be cleaned up while and after its database closes', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await Promise.all([todos.preload(), lists.preload()])
  const closed = database.close()
  await todos.cleanup()
  await closed
  await lists.cleanup()
  expect([todos.status, lists.status]).toEqual(['cleaned-up', 'cleaned-up'])
})

test('two collections of one table share a trigger and both follow it', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  const first = createPowerSyncCollection({ database, table })
  await first.preload()
  const second = createPowerSyncCollection({ database, table, syncBatchSize: 1 })
  await second.preload()
  const triggers = (await trackingObjects(database)).filter((name) => name.includes('trigger'))
  expect(triggers).toHaveLength(3)
  await first.insert({ id: 'x', title: 'both' }).isPersisted.promise
  await eventually(() => expect(second.get('x')?.title).toBe('both'))
  await first.cleanup()
  await database.execute("UPDATE todos SET title = 'later' WHERE id = 'x'")
  await eventually(() => expect(second.get('x')?.title).toBe('later'))
})

test('a read that is given up brings the other collections what it found', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 2)
  const first = createPowerSyncCollection({ database, table })
  await first.preload()
  const second = createPowerSyncCollection({ database, table })
  const real = database.writeLock.bind(database)
  vi.spyOn(database, 'writeLock')
    .mockImplementationOnce(real) // the write below
    .mockImplementationOnce(async (run) => {
      const read = await real(run) // the second collection's, which finds the write's record
      void second.cleanup()
      return read
    })
  const written = database.execute("UPDATE todos SET title = 'found' WHERE id = 't000001'")
  second.preload().catch(() => undefined) // aborted by the clean-up
  await written
  await eventually(() => expect(first.get('t000001')?.title).toBe('found'))
  expect(second.status).toBe('cleaned-up')
})

test('a first read that fails puts the collection in error and rejects preload with the cause', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table })
  await database.execute('DROP TABLE ps_data__todos')
  const error: unknown = await todos.preload().catch((reason: unknown) => reason)
  expect(todos.status).toBe('error')
  expect(isRowsignalError(error, 'capture-failed')).toBe(true)
  expect((error as Error).cause).toBeInstanceOf(Error)
})

test('a subscriber that throws during the first read does not end it', async () => {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  onTestFinished(() => void vi.unstubAllGlobals())
  const database = await openDatabase(schema)
  await insertTodos(database, 5)
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 2 })
  todos.subscribeChanges(() => {
    throw new Error('subscriber')
  })
  await todos.stateWhenReady()
  expect(todos.status).toBe('ready')
  expect(todos.size).toBe(5)
  expect(reported).not.toEqual([])
})

test('onLoad runs with the sync and its clean-up with its end', async () => {
  const database = await openDatabase(schema)
  const calls: string[] = []
  const todos = createPowerSyncCollection({
    database,
    table,
    onLoad: async () => {
      calls.push('load')
      return () => void calls.push('unload')
    },
  })
  expect(calls).toEqual([])
  await todos.preload()
  expect(calls).toEqual(['load'])
  await todos.cleanup()
  await eventually(() => expect(calls).toEqual(['load', 'unload']))
})

/** Rows whose title has these many characters, in this order. */
async function insertSizes(database: PowerSyncDatabase, sizes: readonly number[]): Promise<void> {
  await database.execute(
    `INSERT INTO ps_data__todos(id, data) SELECT printf('t%06d', key), json_object('title', hex(zeroblob(value / 2)))
     FROM json_each(?)`,
    [JSON.stringify(sizes)],
  )
}

/** The characters of each text that a read gets from SQLite. */
function watchTexts(database: PowerSyncDatabase): number[] {
  const texts: number[] = []
  const real = database.writeLock.bind(database)
  vi.spyOn(database, 'writeLock').mockImplementation((run) =>
    real((lock) => {
      const get = lock.get.bind(lock)
      vi.spyOn(lock, 'get').mockImplementation(async (sql, parameters) => {
        const row: object = await get(sql, parameters)
        for (const value of Object.values(row)) texts.push(String(value).length)
        return row
      })
      return run(lock)
    }),
  )
  return texts
}

const mega = 2 ** 20

test.each([
  ['of 55 kB', Array.from({ length: 400 }, () => 55_000)],
  [
    'small ones, then large ones',
    [...Array<number>(300).fill(10), ...Array<number>(60).fill(mega)],
  ],
  [
    'large ones, then small ones',
    [...Array<number>(20).fill(mega), ...Array<number>(300).fill(10)],
  ],
])('a chunk is limited in bytes, too: %s', async (_, sizes) => {
  const database = await openDatabase(schema)
  await insertSizes(database, sizes)
  const texts = watchTexts(database)
  const todos = createPowerSyncCollection({ database, table })
  await todos.preload()
  expect(todos.size).toBe(sizes.length)
  expect(todos.toArray.map(({ title }) => title?.length)).toEqual(sizes)
  expect(Math.max(...texts)).toBeLessThan(10 * mega)
})

test('a row without data ends no read', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 10)
  await database.execute("INSERT INTO ps_data__todos(id, data) VALUES ('t000003x', NULL)")
  const todos = createPowerSyncCollection({ database, table, syncBatchSize: 2 })
  await todos.preload()
  for (let index = 0; index < 10; index++) expect(todos.has(`t00000${index}`)).toBe(true)
})

test('a row larger than the limit is read all the same', async () => {
  const database = await openDatabase(schema)
  const sizes = [10, 40 * mega, 10, 20 * mega, 20 * mega, 10]
  await insertSizes(database, sizes)
  const todos = createPowerSyncCollection({ database, table })
  await todos.preload()
  expect(todos.toArray.map(({ title }) => title?.length)).toEqual(sizes)
})

/** Rows without what TanStack DB adds to them, in key order. */
function plain(rows: readonly { id: string }[]): unknown[] {
  return rows
    .map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith('$'))))
    .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
}
