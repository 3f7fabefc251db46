import { isRowsignalError } from '@rowsignal/core'
import { eq, gt, Query } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import type { Ask, Driver, Todos } from './contract.ts'
import { mounting } from './mounting.ts'

const all =
  (todos: Todos): Ask =>
  (q) =>
    q.from({ todo: todos })

const byRank =
  (todos: Todos): Ask =>
  (q) =>
    q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)

const above =
  (todos: Todos, rank: number): Ask =>
  (q) =>
    q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, rank))

const one =
  (todos: Todos, id: string): Ask =>
  (q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.id, id))
      .findOne()

/** What `useLiveQuery` promises in every framework. */
export function testLiveQueries(driver: Driver): void {
  const { mountQuery } = mounting(driver)

  test('a changed row of a query runs again alone, not the list, no other row, not the query', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const { texts, heading, ran } = await mountQuery(byRank(todos))
    expect([texts(), heading()]).toEqual([['title a', 'title b', 'title c'], 'ready 3'])
    put(todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['row b'])
    put(todo('a', { rank: 9 }))
    expect(await ran()).toEqual(['list'])
    expect(texts()).toEqual(['changed', 'title c', 'title a'])
  })

  test('a query that selects the key under another name keys its rows by it', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const { ran, query } = await mountQuery((q) =>
      q.from({ todo: todos }).select(({ todo }) => ({ title: todo.title, id: todo.id })),
    )
    put(todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['row b'])
    expect(query().keys).toEqual(['a', 'b'])
  })

  test('a changed query shows its own rows alone', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const { ask, texts, heading, ran } = await mountQuery(above(todos, 0))
    expect(texts()).toEqual(['title b', 'title c'])
    ask.value = above(todos, 1)
    expect(await ran()).toEqual(['list', 'query', 'row c']) // the row of another collection is another object
    expect([texts(), heading()]).toEqual([['title c'], 'ready 1'])
    put(todo('b', { title: 'left out', rank: 1 }))
    expect(await ran()).toEqual([])
  })

  test('an equal query that is built again keeps its collection and runs nothing', async () => {
    const { todos } = openTodos(['a', 'b', 'c'])
    const { ask, query, ran } = await mountQuery(above(todos, 0))
    const { collection, rows } = query()
    ask.value = above(todos, 0)
    expect(await ran()).toEqual(['query'])
    expect(query().collection).toBe(collection)
    expect(query().rows).toBe(rows)
  })

  test('the old rows stay, followed, until those of the new query are there, and say so', async () => {
    const [fast, slow] = [openTodos(['a']), openSlowTodos(['b'])]
    const { ask, texts, ran, query } = await mountQuery(all(fast.todos))
    expect(query().isPlaceholderData).toBe(false)
    ask.value = all(slow.todos)
    await ran()
    expect([texts(), query().status, query().isPlaceholderData]).toEqual([
      ['title a'],
      'loading',
      true,
    ])
    fast.put(todo('a', { title: 'changed' }))
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['changed'])
    slow.finish()
    await ran()
    expect([texts(), query().status, query().isPlaceholderData]).toEqual([
      ['title b'],
      'ready',
      false,
    ])
  })

  test('the last of fast changes wins, whichever is ready first', async () => {
    const [fast, first, last] = [openTodos(['a']), openSlowTodos(['b']), openSlowTodos(['c'])]
    const { ask, texts, ran } = await mountQuery(all(fast.todos))
    ask.value = all(first.todos)
    await ran()
    ask.value = all(last.todos)
    await ran()
    first.finish()
    await ran()
    expect(texts()).toEqual(['title a'])
    last.finish()
    await ran()
    expect(texts()).toEqual(['title c'])
  })

  test('of several changes at once only the last is asked for', async () => {
    const [first, half, last] = [openTodos(['a']), openTodos(['b']), openTodos(['c'])]
    const [left, right] = [driver.box(0), driver.box(0)]
    const places = [first.todos, half.todos, last.todos]
    const { texts, ran } = await mountQuery(() => places[left.value + right.value])
    driver.together(() => {
      left.value = 1
      right.value = 1
    })
    expect((await ran()).filter((entry) => entry === 'query')).toEqual(['query'])
    expect(texts()).toEqual(['title c'])
    expect(half.todos.status).toBe('idle')
  })

  test('what changes as the component leaves is not asked for', async () => {
    const [left, other] = [openTodos(['a']), openTodos(['b'])]
    const { ask, ran, query, unmount } = await mountQuery(() => left.todos)
    driver.together(() => {
      ask.value = () => other.todos
      void unmount()
    })
    expect(await ran()).toEqual([])
    expect(query().rows.map(({ id }) => id)).toEqual(['a'])
    expect(other.todos.status).toBe('idle')
    await eventually(() => expect(left.todos.subscriberCount).toBe(0))
  })

  test('components that ask for equal queries share one, and keep it for a while after the last', async () => {
    const { todos } = openTodos(['a', 'b'])
    const kept: Ask = (q) => ({ query: above(todos, 0)(q), keepAliveMs: 50 })
    const [left, right] = [await mountQuery(kept), await mountQuery(kept)]
    expect(left.query().collection).toBe(right.query().collection)
    expect(todos.subscriberCount).toBe(1)
    const { collection } = left.query()
    await left.unmount()
    await right.unmount()
    const again = await mountQuery(kept)
    expect([again.query().collection, again.heading()]).toEqual([collection, 'ready 1'])
    await again.unmount()
    expect(todos.subscriberCount).toBe(1)
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    const late = await mountQuery(kept)
    expect(late.texts()).toEqual(['title b'])
  })

  test.each([null, undefined, false] as const)(
    'a query that answers %s is disabled',
    async (nothing) => {
      const { todos } = openTodos(['a'])
      const { ask, texts, heading, ran, query } = await mountQuery(() => nothing)
      const { isReady, isLoading, data, collection } = query()
      expect([isReady, isLoading, data, collection]).toEqual([true, false, [], null])
      expect([texts(), heading(), query().state.size]).toEqual([[], 'disabled 0', 0])
      ask.value = all(todos)
      await ran()
      expect(texts()).toEqual(['title a'])
      ask.value = () => nothing
      await ran()
      expect([texts(), heading(), query().data]).toEqual([[], 'disabled 0', []])
      ask.value = one(todos, 'a')
      await ran()
      expect(query().data).toMatchObject({ id: 'a' })
      ask.value = () => nothing
      await ran()
      expect([texts(), heading(), query().data]).toEqual([[], 'disabled 0', []])
    },
  )

  test('findOne gives one row as data, and rows like any query', async () => {
    const { todos, put, remove } = openTodos(['a', 'b'])
    const { ask, texts, ran, query } = await mountQuery(one(todos, 'b'))
    expect([query().data, texts()]).toEqual([expect.objectContaining({ id: 'b' }), ['title b']])
    put(todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['row b'])
    remove('b')
    await ran()
    expect([query().data, texts()]).toEqual([undefined, []])
    ask.value = (q) => q.from({ todo: todos }).findOne()
    put(todo('b'))
    await ran()
    expect(query().data).toMatchObject({ id: 'a' })
    expect([texts(), query().size, query().state.size]).toEqual([['title a'], 1, 1])
  })

  test('data, state, keys and size tell the same rows', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const { ran, query } = await mountQuery(byRank(todos))
    const { data, state } = query()
    expect([query().data, query().state]).toEqual([data, state])
    put(todo('b', { title: 'changed', rank: -1 }))
    await ran()
    const ids = ['b', 'a']
    expect(query().data).toMatchObject(ids.map((id) => ({ id })))
    expect([query().keys, [...query().state.keys()], query().size]).toEqual([ids, ids, 2])
    expect(query().state.get('b')).toMatchObject({ title: 'changed' })
  })

  test('a query function that throws is an error, and runs again by retry', async () => {
    const { todos } = openTodos(['a'])
    const cause = new Error('no such list')
    let isBroken = true
    const { texts, heading, ran, query } = await mountQuery((q) => {
      if (isBroken) throw cause
      return q.from({ todo: todos })
    })
    expect([texts(), heading(), query().isError]).toEqual([[], 'error 0', true])
    expect(query().error?.cause).toBe(cause)
    expect(isRowsignalError(query().error, 'query-failed')).toBe(true)
    expect(() => query().collection).toThrow(query().error)
    isBroken = false
    query().retry()
    await ran()
    expect([texts(), query().error]).toEqual([['title a'], undefined])
  })

  test('a source in error is the query’s error, and is retried through it', async () => {
    vi.spyOn(console, 'error').mockReturnValue() // @tanstack/db logs it
    const { todos, fail, finish } = openSlowTodos(['a'])
    const { texts, heading, ran, query } = await mountQuery(all(todos))
    expect(heading()).toBe('loading 0')
    const cause = new Error('unreachable')
    fail(cause)
    await ran()
    expect([heading(), query().error?.code, query().error?.cause]).toEqual([
      'error 0',
      'collection-failed',
      cause,
    ])
    query().retry()
    await eventually(() => expect(todos.status).toBe('loading'))
    finish()
    await eventually(async () => {
      await ran()
      expect([texts(), heading(), query().error]).toEqual([['title a'], 'ready 1', undefined])
    })
  })

  test('a config, a builder and a collection are taken too', async () => {
    const { todos } = openTodos(['a', 'b'])
    const { ask, texts, ran, query } = await mountQuery(() => ({
      id: 'mine',
      query: above(todos, 0),
    }))
    expect([texts(), query().collection?.id]).toEqual([['title b'], 'mine'])
    ask.value = () => new Query().from({ todo: todos })
    await ran()
    expect(texts()).toEqual(['title a', 'title b'])
    ask.value = () => todos
    await ran()
    expect([texts(), query().collection]).toEqual([['title a', 'title b'], todos])
    ask.value = () => ({ query: () => null })
    await ran()
    expect(query().status).toBe('disabled')
  })

  test('an unmount lets the query go', async () => {
    const { todos } = openTodos(['a'])
    const { unmount, query } = await mountQuery((q) => ({ query: all(todos)(q), keepAliveMs: 0 }))
    const { collection } = query()
    expect(collection?.subscriberCount).toBe(1)
    await unmount()
    await eventually(() => expect(collection?.status).toBe('cleaned-up'))
    expect([collection?.subscriberCount, todos.subscriberCount]).toEqual([0, 0])
  })
}
