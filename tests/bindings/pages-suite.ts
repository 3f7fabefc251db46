/** What `usePages` and `useLiveInfiniteQuery` promise in every framework. */
import { type InfiniteQueryConfig, isRowsignalError, type PagesView } from '@rowsignal/core'
import { createLiveQueryCollection, type InitialQueryBuilder } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openPageSource } from '../support/page-source.ts'
import { openTodos, todo, type Todo } from '../support/synced-collection.ts'
import type { Ask, Box, Driver, Logged, Mounted, Todos } from './contract.ts'

export type PagesFields = PagesView<Todos | null>

/** The fields of `useLiveInfiniteQuery`, out of the framework's shape. */
export interface InfiniteFields {
  readonly rows: readonly Readonly<Todo>[]
  readonly data: readonly Todo[]
  readonly pages: readonly (readonly Todo[])[]
  readonly pageParams: readonly number[]
  readonly state: ReadonlyMap<unknown, Todo>
  readonly collection: object
  readonly status: string
  readonly isReady: boolean
  readonly isError: boolean
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly error: unknown
  readonly fetchNextPage: () => Promise<void>
}

export interface PagesProps extends Logged {
  readonly ask: Box<Ask>
  readonly pageRows: Box<number>
  readonly expose: (pages: () => PagesFields) => void
}

export interface InfiniteProps extends Logged {
  /** Read by the query function. */
  readonly ask: Box<(q: InitialQueryBuilder) => unknown>
  /** Given in place of a query function. */
  readonly collection?: unknown
  readonly config: Box<InfiniteQueryConfig>
  readonly expose: (query: () => InfiniteFields) => void
}

export interface PagesDriver extends Pick<Driver, 'box' | 'flush'> {
  /** `usePages` in a `<p>` with status and `hasMore`, and a component for each row, which logs `row <id>`. */
  readonly mountPages: (props: PagesProps) => Mounted
  /** `useLiveInfiniteQuery` in the same way, with `hasNextPage`. */
  readonly mountInfinite: (props: InfiniteProps) => Mounted
}

/** A config that is read out of a box, as a reactive object is; one that the hook refuses as it is. */
export function configOf(box: Box<InfiniteQueryConfig>): InfiniteQueryConfig {
  if ('getNextPageParam' in box.value) return box.value
  return {
    get pageSize() {
      return box.value.pageSize
    },
    get initialPageParam() {
      return box.value.initialPageParam
    },
  }
}

const letters = (text: string): string[] => text.split('')

const byRank =
  (todos: Todos): Ask =>
  (q) =>
    q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)

const idsOf = (rows: readonly { id: string }[]): string => rows.map(({ id }) => id).join('')

export function testPages(driver: PagesDriver): void {
  const { box, flush } = driver

  /** Mounts with a log; `ran` gives what ran since the last call. */
  async function mount<Fields extends { status: string }, Props extends object>(
    how: (props: Props & Logged & { expose: (fields: () => Fields) => void }) => Mounted,
    props: Props,
  ) {
    const entries: string[] = []
    let read: (() => Fields) | undefined
    const mounted = how({
      ...props,
      log: (entry) => void entries.push(entry),
      expose: (fields) => void (read = fields),
    })
    let isGone = false
    const unmount = async (): Promise<void> => {
      if (!isGone) mounted.unmount()
      isGone = true
      await flush()
    }
    onTestFinished(unmount)
    await flush()
    const ran = async (): Promise<string[]> => {
      await flush()
      return entries.splice(0).sort()
    }
    const fields = (): Fields => read!()
    /** On 0.9 a query for the first rows is ready a moment later. */
    const settled = async (): Promise<void> => {
      await flush()
      await eventually(() => expect(fields().status).not.toBe('loading'))
      await flush()
    }
    await settled()
    await ran()
    const texts = (): string[] =>
      Array.from(mounted.element.querySelectorAll('li'), (li) => li.textContent)
    const heading = () => mounted.element.querySelector('p')?.textContent
    return { ...props, unmount, ran, settled, texts, heading, fields }
  }

  const mountPages = (ask: Ask, pageRows = 2) =>
    mount<PagesFields, { ask: Box<Ask>; pageRows: Box<number> }>(driver.mountPages, {
      ask: box(ask),
      pageRows: box(pageRows),
    })

  const mountInfinite = (
    ask: (q: InitialQueryBuilder) => unknown,
    config: InfiniteQueryConfig = {},
    collection?: unknown,
  ) =>
    mount<InfiniteFields, Omit<InfiniteProps, 'log' | 'expose'>>(driver.mountInfinite, {
      ask: box(ask),
      config: box(config),
      collection,
    })

  test('pages come one by one, and no more than there are', async () => {
    const { todos } = openTodos(letters('abcde'))
    const { fields, ran, texts, heading } = await mountPages(byRank(todos))
    expect([idsOf(fields().rows), heading()]).toEqual(['ab', 'ready true'])
    await fields().fetchMore()
    expect(await ran()).toEqual(['row c', 'row d'])
    expect(fields().pages.map(idsOf)).toEqual(['ab', 'cd'])
    await fields().fetchMore()
    await fields().fetchMore()
    expect(await ran()).toEqual(['row e'])
    expect([fields().pages.map(idsOf), heading()]).toEqual([['ab', 'cd', 'e'], 'ready false'])
    expect(texts()).toEqual(letters('abcde').map((id) => `title ${id}`))
    expect(idsOf(fields().data)).toBe('abcde')
  })

  test('a changed row of a page runs again alone, and keeps rows and pages', async () => {
    const { todos, put } = openTodos(letters('abcde'))
    const { fields, ran } = await mountPages(byRank(todos))
    await fields().fetchMore()
    await ran()
    const { rows, pages } = fields()
    put(todo('c', { title: 'changed', rank: 2 }))
    expect(await ran()).toEqual(['row c'])
    expect([fields().rows, fields().pages]).toEqual([rows, pages])
    expect(fields().rows).toBe(rows)
    expect(fields().pages).toBe(pages)
  })

  test('rows that come, go and move above and inside move the others on, once each', async () => {
    const { todos, put, remove } = openTodos(letters('abcdef'))
    const { fields, ran } = await mountPages(byRank(todos))
    await fields().fetchMore()
    const last = fields().pages[1]
    put(todo('n', { rank: -1 }))
    await ran()
    expect(fields().pages.map(idsOf)).toEqual(['na', 'bc'])
    remove('a')
    await ran()
    expect(fields().pages.map(idsOf)).toEqual(['nb', 'cd'])
    expect(fields().pages[1]).not.toBe(last)
    put(todo('f', { rank: 0 }))
    await ran()
    expect(fields().pages.map(idsOf)).toEqual(['nf', 'bc'])
    remove('n', 'f', 'b', 'c', 'd')
    await ran()
    expect([fields().pages.map(idsOf), fields().hasMore]).toEqual([['e'], false])
  })

  test('a changed query starts with its first page, an equal one goes on, none is disabled', async () => {
    const [left, right] = [openTodos(letters('abcde')), openTodos(letters('vwxyz'))]
    const { ask, fields, ran, settled, heading } = await mountPages(byRank(left.todos))
    await fields().fetchMore()
    ask.value = byRank(left.todos)
    await ran()
    expect(fields().pages.map(idsOf)).toEqual(['ab', 'cd'])
    ask.value = byRank(right.todos)
    await settled()
    expect(fields().pages.map(idsOf)).toEqual(['vw'])
    ask.value = byRank(left.todos)
    await settled()
    expect(fields().pages.map(idsOf)).toEqual(['ab'])
    ask.value = () => undefined
    await ran()
    await fields().fetchMore()
    expect([fields().rows, fields().pages, heading()]).toEqual([[], [], 'disabled false'])
  })

  test('the old pages stay, followed, until the new query has its own', async () => {
    const { todos, put } = openTodos(letters('abcde'))
    const slow = openPageSource(9)
    slow.hold()
    const { ask, fields, ran, texts } = await mountPages(byRank(todos))
    await fields().fetchMore()
    ask.value = byRank(slow.source)
    await ran()
    put(todo('d', { title: 'changed', rank: 3 }))
    await ran()
    expect(texts()).toEqual(['title a', 'title b', 'title c', 'changed'])
    expect([fields().status, fields().isPlaceholderData]).toEqual(['loading', true])
    slow.settle()
    await eventually(() => expect(texts()).toEqual(['title t000', 'title t001']))
    expect(fields().isPlaceholderData).toBe(false)
  })

  test('other pages of the same query start anew', async () => {
    const { todos } = openTodos(letters('abcdef'))
    const { pageRows, fields, settled } = await mountPages(byRank(todos))
    await fields().fetchMore()
    pageRows.value = 3
    await settled()
    expect(fields().pages.map(idsOf)).toEqual(['abc'])
  })

  test('a page that can not be read leaves the rows, says why, and is read again', async () => {
    const slow = openPageSource(9)
    const { fields } = await mountPages(byRank(slow.source), 3)
    await eventually(() => expect([fields().rows.length, fields().hasMore]).toEqual([3, true]))
    slow.hold()
    const failing = fields().fetchMore()
    await eventually(() => expect(slow.waiting()).toBeGreaterThan(0))
    expect(fields().isFetchingMore).toBe(true)
    slow.settle(new Error('offline'))
    // TanStack DB goes back to the window of before, and may ask for that.
    await eventually(() => {
      slow.settle(new Error('offline'))
      expect(fields().isFetchingMore).toBe(false)
    })
    await failing
    const { error, status, rows, hasMore } = fields()
    expect([rows.length, status, hasMore]).toEqual([3, 'ready', true])
    expect(isRowsignalError(error) && [error.code, String(error.cause)]).toEqual([
      'query-failed',
      'Error: offline',
    ])
    slow.settle()
    fields().retry()
    await eventually(() => expect([fields().rows.length, fields().error]).toEqual([6, undefined]))
  })

  test.each([
    [
      'without an order',
      (todos: Todos): Ask =>
        (q) =>
          q.from({ todo: todos }),
    ],
    [
      'of one row',
      (todos: Todos): Ask =>
        (q) =>
          q
            .from({ todo: todos })
            .orderBy(({ todo }) => todo.rank)
            .findOne(),
    ],
    [
      'that is a collection without a window',
      (todos: Todos): Ask =>
        () =>
          todos,
    ],
  ])('a query %s is an error, and none when it is another', async (_, wrong) => {
    const { todos } = openTodos(letters('abc'))
    const { ask, fields, settled } = await mountPages(wrong(todos))
    expect([fields().status, fields().error?.code]).toEqual(['error', 'query-failed'])
    ask.value = byRank(todos)
    await settled()
    expect([fields().error, idsOf(fields().rows)]).toEqual([undefined, 'ab'])
  })

  test('components that show pages of an equal query share it, each with its own pages', async () => {
    const { todos } = openTodos(letters('abcdef'))
    const [left, right] = [await mountPages(byRank(todos)), await mountPages(byRank(todos))]
    expect(todos.subscriberCount).toBe(1)
    await left.fields().fetchMore()
    await flush()
    expect([idsOf(left.fields().rows), idsOf(right.fields().rows)]).toEqual(['abcd', 'ab'])
    expect(await right.ran()).toEqual([])
    await right.unmount()
    expect(idsOf(left.fields().rows)).toBe('abcd')
  })

  test('an infinite query has the fields of the official adapters, and live rows', async () => {
    const { todos, put } = openTodos(letters('abcde'))
    const { fields, ran, texts } = await mountInfinite(byRank(todos), {
      pageSize: 2,
      initialPageParam: 5,
    })
    expect([idsOf(fields().data), fields().pageParams, fields().hasNextPage]).toEqual([
      'ab',
      [5],
      true,
    ])
    await fields().fetchNextPage()
    expect(await ran()).toEqual(['row c', 'row d'])
    expect([fields().pages.map(idsOf), fields().pageParams]).toEqual([
      ['ab', 'cd'],
      [5, 6],
    ])
    expect([...fields().state.keys()].join('')).toBe('abcde') // also the row that is read ahead
    expect([fields().status, fields().isReady, fields().error]).toEqual(['ready', true, undefined])
    put(todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['row b'])
    expect(texts()).toEqual(['title a', 'changed', 'title c', 'title d'])
    expect(fields().data[1]?.title).toBe('changed')
  })

  test('an infinite query keeps its pages when they are cut in another way, and starts anew when it is another', async () => {
    const [left, right] = [openTodos(letters('abcdefgh')), openTodos(letters('xyz'))]
    const { ask, config, fields, ran } = await mountInfinite(byRank(left.todos), { pageSize: 2 })
    await fields().fetchNextPage()
    config.value = { pageSize: 3 }
    await ran()
    await eventually(() => expect(fields().pages.map(idsOf)).toEqual(['abc', 'def']))
    ask.value = byRank(right.todos)
    config.value = { pageSize: 1 }
    await ran()
    await eventually(() => expect(idsOf(fields().rows)).toContain('x'))
  })

  test('an infinite query takes a collection, with a warning where its window is another', async () => {
    const warned = vi.spyOn(console, 'warn').mockReturnValue()
    onTestFinished(() => warned.mockRestore())
    const { todos } = openTodos(letters('abcde'))
    const collection = createLiveQueryCollection((q) =>
      q
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank)
        .limit(4),
    )
    const { fields } = await mountInfinite(() => undefined, { pageSize: 2 }, collection)
    await eventually(() => expect(idsOf(fields().rows)).toBe('ab'))
    expect(fields().collection).toBe(collection)
    expect(warned).toHaveBeenCalledWith(expect.stringContaining('Adjusting window now'))
    await fields().fetchNextPage()
    expect(idsOf(fields().rows)).toBe('abcd')
  })

  test.each([
    [
      'without an order',
      (todos: Todos) => createLiveQueryCollection((q) => q.from({ todo: todos })),
      'must have an ORDER BY',
    ],
    ['of a wrong kind', () => 'todos', 'First argument must be'],
    ['that is disabled', () => () => null, 'must return a query builder'],
    [
      'of one row',
      (todos: Todos) => (q: InitialQueryBuilder) => byRank(todos)(q) && one(todos)(q),
      'Remove .findOne()',
    ],
  ])('an infinite query %s throws as the official adapters do', async (_, wrong, message) => {
    const { todos } = openTodos(letters('abc'))
    const given = wrong(todos)
    await expect(mountInfinite(() => undefined, { pageSize: 2 }, given)).rejects.toThrow(message)
  })

  test('an infinite query takes no getNextPageParam', async () => {
    const { todos } = openTodos(letters('abc'))
    const config = { pageSize: 2, getNextPageParam: () => 1 } as InfiniteQueryConfig
    await expect(mountInfinite(byRank(todos), config, byRank(todos))).rejects.toThrow(
      'getNextPageParam is not supported',
    )
  })

  test('an infinite query that is left lets go of everything', async () => {
    const { todos } = openTodos(letters('abc'))
    const { fields, unmount } = await mountInfinite(byRank(todos), { pageSize: 2 })
    expect(todos.subscriberCount).toBe(1)
    await fields().fetchNextPage()
    await unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })
}

const one = (todos: Todos) => (q: InitialQueryBuilder) =>
  q
    .from({ todo: todos })
    .orderBy(({ todo }) => todo.rank)
    .findOne()
