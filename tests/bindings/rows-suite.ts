import { createPowerSyncCollection, liveQuery, transact } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import { type Driver, knownGaps, schema, type Todos } from './contract.ts'
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

/** What rows do while collections come, go, fail and start again, in every framework. */
export function testRows(driver: Driver): void {
  const { flush } = driver
  const { mount, mountList, mountQuery } = mounting(driver)

  test('no behaviour is a known gap', () => {
    expect(knownGaps).toEqual([])
  })

  test('a row that moves without a change that is shown runs the list alone', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const { texts, ran } = await mountQuery((q) =>
      q
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank)
        .select(({ todo }) => ({ id: todo.id, title: todo.title })),
    )
    put(todo('a', { rank: 9 }))
    expect(await ran()).toEqual(['list'])
    expect(texts()).toEqual(['title b', 'title c', 'title a'])
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
