import { createPowerSyncCollection, powerSyncCollectionOptions } from '@rowsignal/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import {
  createCollection,
  createLiveQueryCollection,
  eq,
  gt,
  inArray,
  IR,
  optimizeExpressionWithIndexes,
  type WithVirtualProps,
} from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { insertTodos, schema } from '../../support/todos.ts'

const table = schema.props.todos
const count = 10_000
/** Reads that the rows which are found take, whatever the number of the others. */
const few = 100

interface CountedRow {
  readonly id: string
  readonly title: string | null
}

async function openTodos() {
  const database = await openDatabase(schema)
  await insertTodos(database, count)
  let reads = 0
  const todos = createPowerSyncCollection({ database, table, schema: countedRows(() => reads++) })
  await todos.preload()
  countEntries(todos, () => reads++)
  /** How often `run` reads a column of a row or goes on to the next row. */
  const readsOf = async (run: () => Promise<unknown>): Promise<number> => {
    reads = 0
    await run()
    return reads
  }
  return { database, todos, readsOf }
}

/** Rows that tell when one of their columns is read, as a scan on 0.15 does. */
function countedRows(onRead: () => void): StandardSchemaV1<CountedRow> {
  const counted = <T>(value: T) => ({ enumerable: true, get: () => (onRead(), value) })
  return {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate(input) {
        const { id, title } = input as CountedRow
        const row = Object.defineProperties({}, { id: counted(id), title: counted(title) })
        return { value: row as CountedRow }
      },
    },
  }
}

/** Tells each row that is gone through, as a scan on 0.9 does, which keeps copies of the rows. */
function countEntries(
  collection: { entries(): Iterable<[string, WithVirtualProps<CountedRow, string>]> },
  onRead: () => void,
): void {
  const real = collection.entries.bind(collection)
  vi.spyOn(collection, 'entries').mockImplementation(function* () {
    for (const entry of real()) {
      onRead()
      yield entry
    }
  })
}

test('a query of one row by id reads no other row', async () => {
  const { todos, readsOf } = await openTodos()
  const one = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.id, 't000042'))
      .findOne(),
  )
  expect(await readsOf(() => one.preload())).toBeLessThan(few)
  expect(one.toArray.map((row) => row.title)).toEqual(['todo 42'])
})

test('a query by another column reads them all', async () => {
  const { todos, readsOf } = await openTodos()
  const named = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).where(({ todo }) => eq(todo.title, 'todo 42')),
  )
  expect(await readsOf(() => named.preload())).toBeGreaterThanOrEqual(count)
  expect(named.toArray.map((row) => row.id)).toEqual(['t000042'])
})

test('a query of several ids finds those that are there, optimistic ones too', async () => {
  const { todos, readsOf } = await openTodos()
  const write = todos.insert({ id: 'mine', title: 'optimistic' })
  const some = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => inArray(todo.id, ['t000001', 'mine', 'nobody', 't000002'])),
  )
  expect(await readsOf(() => some.preload())).toBeLessThan(few)
  expect(some.toArray.map((row) => row.id).toSorted()).toEqual(['mine', 't000001', 't000002'])
  await write.isPersisted.promise
})

test('a query by id follows its row as it comes and goes', async () => {
  const { database, todos } = await openTodos()
  const one = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.id, 'late'))
      .findOne(),
  )
  await one.preload()
  expect(one.size).toBe(0)
  await database.execute("INSERT INTO todos(id, title) VALUES ('late', 'here')")
  await eventually(() => expect(one.toArray.map((row) => row.title)).toEqual(['here']))
  await todos.delete('late').isPersisted.promise
  expect(one.size).toBe(0)
})

test('a join by id reads only the rows that are joined', async () => {
  const { database, todos, readsOf } = await openTodos()
  await database.execute("INSERT INTO lists(id, name) VALUES ('l', 't000042')")
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await lists.preload()
  const joined = createLiveQueryCollection((q) =>
    q
      .from({ list: lists })
      .leftJoin({ todo: todos }, ({ list, todo }) => eq(list.name, todo.id))
      .select(({ todo }) => ({ title: todo?.title })),
  )
  expect(await readsOf(() => joined.preload())).toBeLessThan(few)
  expect(joined.toArray.map((row) => row.title)).toEqual(['todo 42'])
})

test('ids are looked up in a collection made from the options too, and after a restart', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 10)
  const todos = createCollection(powerSyncCollectionOptions({ database, table }))
  for (let start = 0; start < 2; start++) {
    await todos.preload()
    const where = new IR.Func('eq', [new IR.PropRef(['id']), new IR.Value('t000007')])
    const { canOptimize, matchingKeys } = optimizeExpressionWithIndexes(where, todos)
    expect([canOptimize, ...matchingKeys]).toEqual([true, 't000007'])
    await todos.cleanup()
  }
})

test('a range of ids in the order of the ids finds every row', async () => {
  const { todos } = await openTodos()
  const tail = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => gt(todo.id, 't009995'))
      .orderBy(({ todo }) => todo.id, 'desc')
      .limit(3),
  )
  await tail.preload()
  expect(tail.toArray.map((row) => row.id)).toEqual(['t009999', 't009998', 't009997'])
})
