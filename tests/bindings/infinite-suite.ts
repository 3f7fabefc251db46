/**
 * What `useLiveInfiniteQuery` has in common with that of the official adapters: each test runs on ours in every framework, and on
 * vue-db and svelte-db.
 */
import type { InfiniteQueryConfig } from '@rowsignal/core'
import {
  BasicIndex,
  createCollection,
  createLiveQueryCollection,
  gt,
  type InitialQueryBuilder,
} from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openPageSource } from '../support/page-source.ts'
import { openTodos, todo, type Todo } from '../support/synced-collection.ts'
import type { Box, Todos } from './contract.ts'
import { configOf, type InfiniteDriver, type InfiniteQuery } from './infinite-driver.ts'

const letters = (text: string): string[] => text.split('')
const idsOf = (rows: readonly { id: string }[]): string => rows.map(({ id }) => id).join('')

const byRank = (todos: Todos) => (q: InitialQueryBuilder) =>
  q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)

export function testInfinite(name: string, driver: InfiniteDriver): void {
  const { box, flush } = driver

  function open(input: unknown, config: InfiniteQueryConfig, dependencies: Box<unknown>[] = []) {
    const { query, stop } = driver.open({ input, config, dependencies })
    let isOver = false
    const leave = (): void => {
      if (!isOver) stop()
      isOver = true
    }
    onTestFinished(leave)
    const pages = (): string[] => query.pages.map(idsOf)
    return { query, pages, leave }
  }

  async function openPages(input: unknown, config: InfiniteQueryConfig, given?: Box<unknown>[]) {
    const opened = open(input, config, given)
    await shown(opened.query)
    return opened
  }

  const shown = async (query: InfiniteQuery): Promise<void> => {
    await flush()
    await eventually(() => expect(query.isReady).toBe(true))
    await flush()
  }

  const fetchMore = async ({ fetchNextPage }: InfiniteQuery): Promise<void> => {
    await fetchNextPage()
    await flush()
  }

  const shows = async (pages: () => string[], expected: string[]): Promise<void> => {
    await flush()
    await eventually(() => expect(pages()).toEqual(expected))
  }

  test(`${name}: the first page, with every field`, async () => {
    const { todos } = openTodos(letters('abcde'))
    const { query, pages } = await openPages(byRank(todos), { pageSize: 2 })
    expect([pages(), idsOf(query.data), query.pageParams]).toEqual([['ab'], 'ab', [0]])
    expect([query.hasNextPage, query.isFetchingNextPage, query.error]).toEqual([
      true,
      false,
      undefined,
    ])
    const { status, isLoading, isReady, isIdle, isError, isCleanedUp } = query
    expect([status, isLoading, isReady, isIdle, isError, isCleanedUp]).toEqual([
      'ready',
      false,
      true,
      false,
      false,
      false,
    ])
    expect([...query.state.keys()].join('')).toBe('abc') // one ahead
    expect(Reflect.get(query.collection, 'size')).toBe(3)
  })

  test.each([
    ['that does not fill its last page', 'abcde', ['ab', 'cd', 'e']],
    ['that fills its last page', 'abcd', ['ab', 'cd']],
    ['of one page', 'ab', ['ab']],
    ['that does not fill one page', 'a', ['a']],
    ['without rows', '', ['']],
  ])(`${name}: the pages of a query %s`, async (_, ids, expected) => {
    const { todos } = openTodos(ids === '' ? [] : letters(ids))
    const { query, pages } = await openPages(byRank(todos), { pageSize: 2 })
    for (let page = 1; page < expected.length; page++) {
      expect(query.hasNextPage).toBe(true)
      await fetchMore(query)
    }
    expect([pages(), query.hasNextPage]).toEqual([expected, false])
    expect(query.pageParams).toEqual(expected.map((_page, index) => index))
    await fetchMore(query) // there is none
    expect(pages()).toEqual(expected)
  })

  test(`${name}: several calls at once read one page`, async () => {
    const slow = openPageSource(9)
    const { query, pages } = await openPages(byRank(slow.source), { pageSize: 2 })
    slow.hold()
    const calls = [query.fetchNextPage(), query.fetchNextPage()]
    await eventually(() => expect(query.isFetchingNextPage).toBe(true))
    expect(pages()).toHaveLength(1)
    slow.settle()
    await Promise.all(calls)
    await flush()
    expect([pages().length, query.isFetchingNextPage]).toEqual([2, false])
  })

  test(`${name}: a page asked for while the first is read comes after it`, async () => {
    const slow = openPageSource(9)
    slow.hold()
    const { query, pages } = open(byRank(slow.source), { pageSize: 2 })
    await flush()
    const call = query.fetchNextPage()
    await eventually(() => {
      slow.settle()
      expect(query.isReady).toBe(true)
    })
    await call
    await shows(() => pages().map((page) => `${page.length / 4}`), ['2', '2'])
  })

  test(`${name}: rows that come, go and change move the borders`, async () => {
    const { todos, put, remove } = openTodos(letters('abcdef'))
    const { query, pages } = await openPages(byRank(todos), { pageSize: 2 })
    await fetchMore(query)
    put(todo('n', { rank: -1 }))
    await shows(pages, ['na', 'bc'])
    remove('a')
    await shows(pages, ['nb', 'cd'])
    put(todo('c', { rank: 9 })) // out of what is shown
    await shows(pages, ['nb', 'de'])
    put(todo('b', { title: 'changed', rank: 1 }))
    await shows(pages, ['nb', 'de'])
    expect(query.data[1]?.title).toBe('changed')
    remove('n', 'b', 'd')
    await shows(pages, ['ef', 'c'])
    expect(query.hasNextPage).toBe(false)
    put(todo('x', { rank: 10 }), todo('y', { rank: 11 }))
    await shows(pages, ['ef', 'cx'])
    expect(query.hasNextPage).toBe(true)
    remove('y') // the row ahead
    await flush()
    await eventually(() => expect(query.hasNextPage).toBe(false))
    remove('e', 'f', 'c', 'x')
    await shows(pages, ['', '']) // as many pages as were asked for
    expect([query.data, query.pageParams]).toEqual([[], [0, 1]])
  })

  test(`${name}: optimistic rows are in the pages, until they are refused`, async () => {
    const { todos, settle } = openTodos(letters('abcd'))
    const { query, pages } = await openPages(byRank(todos), { pageSize: 3 })
    const inserted = todos.insert(todo('n', { rank: -1 }))
    await shows(pages, ['nab'])
    settle(new Error('refused'))
    await inserted.isPersisted.promise.catch(() => {})
    await shows(pages, ['abc'])
    todos.delete('a').isPersisted.promise.catch(() => {})
    await shows(pages, ['bcd'])
    expect(query.hasNextPage).toBe(false)
  })

  test(`${name}: rows of the same place come once each, in an order that stays`, async () => {
    const { todos, put } = openTodos([])
    todos.startSyncImmediate()
    put(...letters('dbacfe').map((id) => todo(id, { rank: 1 })))
    const { query } = await openPages(byRank(todos), { pageSize: 2 })
    while (query.hasNextPage) await fetchMore(query)
    const once = idsOf(query.data)
    expect(letters(once).sort().join('')).toBe('abcdef')
    put(todo('c', { rank: 1, title: 'changed' }))
    await flush()
    expect(idsOf(query.data)).toBe(once)
  })

  test(`${name}: a selected, filtered query in descending order`, async () => {
    const { todos } = openTodos(letters('abcdef'))
    const { query, pages } = await openPages(
      (q: InitialQueryBuilder) =>
        q
          .from({ todo: todos })
          .where(({ todo }) => gt(todo.rank, 0))
          .orderBy(({ todo }) => todo.rank, 'desc')
          .select(({ todo }) => ({ id: todo.id, name: todo.title })),
      { pageSize: 2 },
    )
    await fetchMore(query)
    expect(pages()).toEqual(['fe', 'dc'])
    expect(query.data[0]).toMatchObject({ id: 'f', name: 'title f' })
  })

  test(`${name}: another dependency starts with the first page, an equal one goes on`, async () => {
    const { todos } = openTodos(letters('abcdefgh'))
    const least = box<unknown>({ rank: -1 })
    const { query, pages } = await openPages(
      (q: InitialQueryBuilder) =>
        byRank(todos)(q).where(({ todo }) => gt(todo.rank, (least.value as { rank: number }).rank)),
      { pageSize: 2 },
      [least],
    )
    await fetchMore(query)
    least.value = { rank: -1 }
    await shows(pages, ['ab', 'cd'])
    least.value = { rank: 1 }
    await shows(pages, ['cd'])
    await fetchMore(query)
    expect(pages()).toEqual(['cd', 'ef'])
    least.value = { rank: -1 }
    await shows(pages, ['ab'])
  })

  test(`${name}: pages of another size, or with another label, are as many as before`, async () => {
    const { todos } = openTodos(letters('abcdefgh'))
    const config = box<InfiniteQueryConfig>({ pageSize: 2, initialPageParam: 7 })
    const { query, pages } = await openPages(byRank(todos), configOf(config))
    await fetchMore(query)
    expect(query.pageParams).toEqual([7, 8])
    config.value = { pageSize: 3, initialPageParam: 7 }
    await shows(pages, ['abc', 'def'])
    config.value = { pageSize: 3, initialPageParam: 1 }
    await flush()
    await eventually(() => expect(query.pageParams).toEqual([1, 2]))
    await shows(pages, ['abc', 'def'])
    config.value = { pageSize: 1 }
    await shows(pages, ['a', 'b'])
    expect(query.pageParams).toEqual([0, 1])
  })

  test.each([undefined, 0, -2, 1.5, Number.NaN, Infinity])(
    `${name}: a page of %s rows has 20`,
    async (pageSize) => {
      const { todos } = openTodos(letters('abcdefghijklmnopqrstuvwxyz'))
      const { query } = await openPages(byRank(todos), { pageSize })
      expect([query.data.length, query.hasNextPage]).toEqual([20, true])
    },
  )

  const windowOf = (todos: Todos, limit?: number, offset?: number) =>
    createLiveQueryCollection((q) => {
      let query = byRank(todos)(q)
      if (limit !== undefined) query = query.limit(limit)
      return offset === undefined ? query : query.offset(offset)
    })

  function spyOnWarnings() {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    onTestFinished(() => warned.mockRestore())
    /** Those of the hook since the last call. */
    return (): unknown[] => {
      const calls = warned.mock.calls.map(([text]) => String(text))
      warned.mockClear()
      return calls.filter((text) => text.includes('useLiveInfiniteQuery'))
    }
  }

  test.each([
    { window: 'of the first page and one row', limit: 3, warnings: 0 },
    { window: 'of other rows', limit: 5, warnings: 1 },
    { window: 'that begins later', limit: 3, offset: 2, warnings: 1 },
    { window: 'without an end', warnings: 1 },
  ])(`${name}: a collection with a window $window`, async ({ limit, offset, warnings }) => {
    const warned = spyOnWarnings()
    const { todos } = openTodos(letters('abcdefgh'))
    const collection = windowOf(todos, limit, offset)
    const before = collection.utils.getWindow()
    const { query, pages, leave } = await openPages(collection, { pageSize: 2 })
    await shows(pages, ['ab'])
    expect([query.collection, warned().length]).toEqual([collection, warnings])
    await fetchMore(query)
    expect([pages(), query.hasNextPage]).toEqual([['ab', 'cd'], true])
    leave()
    await flush()
    await eventually(() => expect(collection.utils.getWindow()).toEqual(before))
  })

  test(`${name}: a collection that is preloaded is shown at once`, async () => {
    const { todos, put } = openTodos(letters('abcde'))
    const collection = windowOf(todos, 3)
    await collection.preload()
    const { query, pages } = open(collection, { pageSize: 2 })
    await flush()
    expect([pages(), query.status]).toEqual([['ab'], 'ready'])
    put(todo('n', { rank: -1 }))
    await shows(pages, ['na'])
  })

  test(`${name}: another collection starts with its first page, and each is warned of once`, async () => {
    const warned = spyOnWarnings()
    const [left, right] = [openTodos(letters('abcdef')), openTodos(letters('uvwxyz'))]
    const [first, second] = [windowOf(left.todos, 9), windowOf(right.todos, 9)]
    const [given, config] = [box(first), box<InfiniteQueryConfig>({ pageSize: 2 })]
    const { query, pages } = await openPages(() => given.value, configOf(config))
    await fetchMore(query)
    expect([pages(), warned().length]).toEqual([['ab', 'cd'], 1])
    config.value = { pageSize: 1 }
    await shows(pages, ['a', 'b'])
    expect(warned()).toEqual([])
    given.value = second
    await shows(pages, ['u'])
    expect([query.collection, warned().length]).toEqual([second, 1])
  })

  test(`${name}: a query in between does not have a collection warned of again`, async () => {
    const warned = spyOnWarnings()
    const { todos } = openTodos(letters('abcdef'))
    const collection = windowOf(todos, 9)
    const isQuery = box(false)
    const { query, pages } = await openPages(
      (q: InitialQueryBuilder) => (isQuery.value ? byRank(todos)(q) : collection),
      { pageSize: 2 },
    )
    await fetchMore(query)
    isQuery.value = true
    await shows(pages, ['ab'])
    expect(query.collection).not.toBe(collection)
    isQuery.value = false
    await flush()
    await eventually(() => expect(query.collection).toBe(collection))
    expect([pages(), warned().length]).toEqual([['ab'], 1])
  })

  test(`${name}: two hooks on one collection have pages of their own`, async () => {
    const { todos } = openTodos(letters('abcdefgh'))
    const collection = windowOf(todos, 3)
    const [left, right] = [
      await openPages(collection, { pageSize: 2 }),
      await openPages(collection, { pageSize: 2 }),
    ]
    await fetchMore(left.query)
    expect([left.pages(), right.pages()]).toEqual([['ab', 'cd'], ['ab']])
    expect(right.query.hasNextPage).toBe(true)
    left.leave()
    await shows(right.pages, ['ab'])
    await fetchMore(right.query)
    expect(right.pages()).toEqual(['ab', 'cd'])
  })

  test(`${name}: a page that can not be read is an error, until it is`, async () => {
    const slow = openPageSource(9)
    const { query, pages } = await openPages(byRank(slow.source), { pageSize: 2 })
    const before = pages()
    slow.hold()
    const failing = query.fetchNextPage()
    await eventually(() => expect(query.isFetchingNextPage).toBe(true))
    await eventually(() => {
      slow.settle(new Error('offline'))
      expect(query.isFetchingNextPage).toBe(false)
    })
    await failing // settles, and rejects nobody
    await flush()
    const { error, status, isError, isReady, hasNextPage } = query
    expect([String(error), status, isError, isReady, hasNextPage]).toEqual([
      'Error: offline',
      'error',
      true,
      false,
      true,
    ])
    expect(pages()).toEqual(before)
    slow.settle()
    await fetchMore(query)
    expect([query.error, query.status, pages().length]).toEqual([undefined, 'ready', 2])
  })

  test(`${name}: what it is given in vain is thrown`, () => {
    const { todos } = openTodos(letters('abc'))
    const refused = (input: unknown, config: InfiniteQueryConfig = { pageSize: 2 }) =>
      expect(() => open(input, config))
    refused('todos').toThrow('First argument must be')
    refused(undefined).toThrow('First argument must be')
    refused(() => null).toThrow('must return a query builder')
    refused({ query: byRank(todos) }).toThrow('First argument must be')
    refused(createLiveQueryCollection((q) => q.from({ todo: todos }))).toThrow('ORDER BY')
    refused(todos).toThrow('ORDER BY')
    refused((q: InitialQueryBuilder) => byRank(todos)(q).findOne()).toThrow('Remove .findOne()')
    refused((q: InitialQueryBuilder) => q.from({ todo: todos })).toThrow(/orderBy|ORDER BY/i)
    refused(() => {
      throw new Error('of the app')
    }).toThrow('of the app')
    const config = { pageSize: 2, getNextPageParam: () => 1 } as InfiniteQueryConfig
    refused(byRank(todos), config).toThrow('getNextPageParam is not supported')
  })

  test(`${name}: a source that fails, and is cleaned up, shows as status`, async () => {
    let fail: (() => void) | undefined
    const todos = createCollection<Todo, string>({
      getKey: ({ id }) => id,
      autoIndex: 'eager',
      defaultIndexType: BasicIndex,
      sync: {
        sync: ({ begin, write, commit, markReady, markError }) => {
          begin()
          for (const id of ['a', 'b', 'c']) write({ type: 'insert', value: todo(id) })
          void commit()
          markReady()
          fail = () => markError(new Error('broken'))
        },
      },
    })
    const { query } = await openPages(byRank(todos), { pageSize: 2 })
    fail!()
    await flush()
    await eventually(() => expect([query.status, query.isError]).toEqual(['error', true]))
  })

  test(`${name}: a hook that has left follows nothing, and reads no page`, async () => {
    const { todos } = openTodos(letters('abcde'))
    const { query, leave } = await openPages(byRank(todos), { pageSize: 2 })
    expect(todos.subscriberCount).toBe(1)
    leave()
    await flush()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    await query.fetchNextPage()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })
}
