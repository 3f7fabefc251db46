import {
  createPowerSyncCollection,
  dateColumn,
  jsonColumn,
  liveQuery,
  transact,
} from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import {
  type Ask,
  type Driver,
  knownGaps,
  type QueryFields,
  schema,
  type Todos,
} from './contract.ts'
import { mounting } from './mounting.ts'

/** A PowerSync collection whose table holds these todos. */
async function openStoredTodos(ids: readonly string[]) {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await transact(() => {
    for (const id of ids) todos.insert({ id, title: `title ${id}`, done: 0 })
  }).isPersisted.promise
  await todos.preload()
  return { database, todos }
}

/** The ids in the order of each field that has rows. */
function orders({ rows, data, state, keys }: QueryFields): string[] {
  const ids = [rows.map(({ id }) => id), data.map(({ id }) => id), keys, Array.from(state, pairId)]
  return ids.map((order) => order.join(''))
}

function pairId([key, row]: readonly [string, { id: string }]): string {
  return key === row.id ? key : `${key} is ${row.id}`
}

/** What rows do while collections come, go, fail and start again, in every framework. */
export function testRows(driver: Driver): void {
  const { flush } = driver
  const { mount, mountList, mountQuery } = mounting(driver)

  test('no behaviour is a known gap', () => {
    expect(knownGaps).toEqual([])
  })

  test('a row that moves without a change that is shown runs the list alone, and moves in every field', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const { texts, ran, query } = await mountQuery((q) =>
      q
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank)
        .select(({ todo }) => ({ id: todo.id, title: todo.title })),
    )
    const { state, rows } = query()
    expect(orders(query())).toEqual(Array(4).fill('abc'))
    put(todo('a', { rank: 9 }))
    expect(await ran()).toEqual(['list'])
    expect(texts()).toEqual(['title b', 'title c', 'title a'])
    expect(orders(query())).toEqual(Array(4).fill('bca'))
    expect(query().rows[2]).toBe(rows[0])
    expect([...state.keys()].join('')).toBe('abc')
  })

  test('two rows that change places do so in every field, also in a part of the query', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c', 'd'])
    const { ran, query } = await mountQuery((q) =>
      q
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank)
        .select(({ todo }) => ({ id: todo.id }))
        .limit(3)
        .offset(1),
    )
    expect(orders(query())).toEqual(Array(4).fill('bcd'))
    put(todo('b', { rank: 2 }), todo('c', { rank: 1 }))
    await ran()
    expect(orders(query())).toEqual(Array(4).fill('cbd'))
    put(todo('a', { rank: 3 }), todo('d', { rank: 0 }))
    await ran()
    expect(orders(query())).toEqual(Array(4).fill('cba'))
  })

  test('what one component does to its arrays and maps reaches no other', async () => {
    const { todos, put, remove } = openTodos(['a', 'b', 'c'])
    const ask: Ask = (q) => q.from({ todo: todos })
    const [left, right] = [await mountQuery(ask), await mountQuery(ask)]
    const none = await mountQuery(() => null)
    expect(left.query().data).toBe(right.query().data)
    const everything = [left.query(), none.query()].flatMap(({ rows, data, keys }) => [
      rows,
      data,
      keys,
    ]) as unknown[][]
    for (const items of everything) expect(() => items.push('more')).toThrow(TypeError)
    ;(left.query().state as Map<string, unknown>).clear()
    expect(orders(right.query())).toEqual(Array(4).fill('abc'))
    remove('a')
    put(todo('d'))
    await Promise.all([left.ran(), right.ran()])
    for (const { query, texts } of [left, right]) {
      expect(orders(query())).toEqual(Array(4).fill('bcd'))
      expect(texts()).toEqual(['title b', 'title c', 'title d'])
    }
  })

  test('an empty collection that becomes ready says so and runs nothing else', async () => {
    const { todos, finish } = openSlowTodos([])
    const { heading, ran } = await mountList(todos)
    expect(heading()).toBe('loading 0')
    finish()
    expect(await ran()).toEqual([])
    expect(heading()).toBe('ready 0')
  })

  test('truncate and refill runs what differs, and keeps the nodes of the others', async () => {
    const { todos, commit } = openTodos(['a', 'b'])
    const { element, texts, ran } = await mountList(todos)
    const nodes = [...element.querySelectorAll('li')]
    commit(({ truncate, write }) => {
      truncate()
      write({ type: 'insert', value: todo('a', { title: 'again' }) })
      write({ type: 'insert', value: todo('b', { rank: 1 }) })
    })
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['again', 'title b'])
    expect([...element.querySelectorAll('li')]).toEqual(nodes)
  })

  test('a refused insert comes and goes, and a refused delete goes and comes', async () => {
    const { todos, settle } = openTodos(['a', 'b'])
    const { texts, ran } = await mountList(todos)
    const inserted = todos.insert(todo('c'))
    expect([await ran(), texts()]).toEqual([
      ['list', 'row c'],
      ['title a', 'title b', 'title c'],
    ])
    settle(new Error('refused'))
    await inserted.isPersisted.promise.catch(() => {})
    expect([await ran(), texts()]).toEqual([['list'], ['title a', 'title b']])
    const deleted = todos.delete('a')
    expect([await ran(), texts()]).toEqual([['list'], ['title b']])
    settle(new Error('refused'))
    await deleted.isPersisted.promise.catch(() => {})
    expect((await ran()).filter((entry) => entry !== 'row a')).toEqual(['list']) // a new node for a
    expect(texts()).toEqual(['title a', 'title b'])
  })

  test('a clean-up empties the list, and a restart fills it again', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const { texts, heading, ran } = await mountList(todos)
    await todos.cleanup()
    await ran()
    expect([texts(), heading()]).toEqual([[], 'cleaned-up 0'])
    await todos.preload()
    await ran()
    expect([texts(), heading()]).toEqual([['title a', 'title b'], 'ready 2'])
    put(todo('a', { title: 'changed' }))
    expect(await ran()).toEqual(['row a'])
  })

  test('a row that is deleted and inserted again is followed again', async () => {
    const { todos, put, remove } = openTodos(['a', 'b'])
    const { texts, ran } = await mountList(todos)
    remove('a')
    await ran()
    put(todo('a', { title: 'back' }))
    await ran()
    expect(texts()).toEqual(['back', 'title b'])
    put(todo('a', { title: 'changed' }))
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['changed', 'title b'])
  })

  test('1,000 inserts in one transact are one run of the list', async () => {
    const { todos } = await openStoredTodos([])
    const { ran } = await mountList(todos as unknown as Todos)
    const ids = Array.from({ length: 1000 }, (_, index) => `${1000 + index}`)
    const { isPersisted } = transact(() => {
      for (const id of ids) todos.insert({ id, title: id, done: 0 })
    })
    await isPersisted.promise
    const entries = await ran()
    expect(entries.filter((entry) => entry === 'list')).toHaveLength(1)
    expect(new Set(entries).size).toBe(1001)
    expect(entries).toHaveLength(1001)
  })

  test('a write to SQLite and its confirmation are one run of what shows the column', async () => {
    const { todos } = await openStoredTodos(['a', 'b'])
    const { texts, ran } = await mountList(todos as unknown as Todos)
    await todos.update('a', (draft) => void (draft.title = 'mine')).isPersisted.promise
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['mine', 'title b'])
  })

  test('a write to SQLite and its confirmation are one run, and none of the list, where a query copies the row', async () => {
    const { todos } = await openStoredTodos(['a', 'b'])
    const all = todos as unknown as Todos
    const { texts, ran } = await mountQuery((q) =>
      q.from({ todo: all }).select(({ todo }) => ({ ...todo })),
    )
    const { isPersisted } = todos.update('a', (draft) => void (draft.title = 'mine'))
    await flush()
    await isPersisted.promise
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['mine', 'title b'])
  })

  test.each([
    ['date', dateColumn(), new Date(0), new Date(86_400_000)],
    ['list in JSON', jsonColumn(), ['x'], ['x', 'y']],
  ] as const)(
    'a %s is told when it changes, and not when the row does',
    async (_, column, ...values) => {
      const database = await openDatabase(schema)
      const table = schema.props.todos
      const todos = createPowerSyncCollection({
        database,
        table,
        columns: { title: column as never },
      })
      const [before, after] = values as unknown as readonly never[]
      await todos.insert({ id: 'a', title: before!, done: 0 }).isPersisted.promise
      await todos.preload()
      const log: string[] = []
      const left = todos as never
      await mount(driver.mountPair, { left, right: left, log: (entry) => void log.push(entry) })
      const isDone = (done: number) => eventually(() => expect(todos.get('a')?.done).toBe(done))

      await todos.update('a', (draft) => void (draft.done = 1)).isPersisted.promise
      await database.execute('UPDATE todos SET done = 2')
      await isDone(2)
      const refused = createTransaction({ mutationFn: () => Promise.reject(new Error('refused')) })
      refused.mutate(() => todos.update('a', (draft) => void (draft.done = 3)))
      await flush()
      await refused.isPersisted.promise.catch(() => {})
      await flush()
      expect(log).toEqual([`${before} + ${before}`])
      const { isPersisted } = todos.update('a', (draft) => void (draft.title = after!))
      await flush()
      await isPersisted.promise
      await database.execute('UPDATE todos SET done = 4')
      await isDone(4)
      await flush()
      expect(log).toEqual([`${before} + ${before}`, `${after} + ${after}`])
    },
  )

  test('an effect over a collection and a query of it never sees half of a commit', async () => {
    const { database, todos } = await openStoredTodos(['a'])
    const query = liveQuery((q) =>
      q.from({ todo: todos }).select(({ todo }) => ({ id: todo.id, title: todo.title })),
    )
    await query.preload()
    const log: string[] = []
    const props = {
      left: todos,
      right: query as never,
      log: (entry: string) => void log.push(entry),
    }
    await mount(driver.mountPair, props)
    await database.execute("UPDATE todos SET title = 'theirs'")
    await eventually(() => expect(log.at(-1)).toBe('theirs + theirs'))
    await transact(() => todos.update('a', (draft) => void (draft.title = 'ours'))).isPersisted
      .promise
    await todos.update('a', (draft) => void (draft.title = 'mine')).isPersisted.promise
    await flush()
    expect(log).toEqual(['title a + title a', 'theirs + theirs', 'ours + ours', 'mine + mine'])
  })
}
