import { createPowerSyncCollection, liveQuery, type RowsWindow } from '@rowsignal/core'
import { createRowsView } from '@rowsignal/core/host'
import { expect, test, vi } from 'vitest'
import { createPlainHost } from '../../support/plain-host.ts'
import { openSlowTodos, openTodos, todo } from '../../support/synced-collection.ts'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'
import type { Todos } from '../../bindings/contract.ts'
import { eventually } from '../../support/eventually.ts'

/** A view of what `asked` holds, asked anew at each read; `follow` subscribes to it as a binding does. */
function openView(first: Todos | undefined, start: 'followed' | 'unfollowed' = 'followed') {
  const asked: { collection: Todos | undefined; window?: RowsWindow | undefined } = {
    collection: first,
  }
  const { host, update: follow } = createPlainHost()
  const view = createRowsView(
    host,
    () => asked.collection,
    () => asked.window,
  )
  if (start === 'followed') follow()
  return { asked, view, follow }
}

test('a view without a collection is disabled and empty, and has nothing to wait for', () => {
  const { view } = openView(undefined)
  const { retry, ...values } = view
  expect(values).toEqual({
    rows: [],
    data: [],
    keys: [],
    size: 0,
    status: 'disabled',
    isIdle: false,
    isLoading: false,
    isReady: true,
    isError: false,
    isCleanedUp: false,
    isPlaceholderData: false,
    isSeed: false,
    error: undefined,
  })
  expect(view.data).toBe(view.data)
  expect(retry).not.toThrow()
})

test('a window shows its part, keeps it while others change, and counts all', () => {
  const { todos, put } = openTodos(['a', 'b', 'c', 'd'])
  const { asked, view } = openView(todos)
  asked.window = { limit: 2, offset: 1 }
  const { rows: shown, data } = view
  expect([view.keys, data.map((one) => one.id), view.size]).toEqual([['b', 'c'], ['b', 'c'], 4])
  put(todo('e'), todo('a', { title: 'changed' }))
  expect(view.rows).toBe(shown)
  expect(view.data).toBe(data)
  put(todo('b', { title: 'changed' }))
  expect(view.rows).toBe(shown)
  expect(view.data).not.toBe(data)
  asked.window = { offset: 3 }
  expect(view.keys).toEqual(['d', 'e'])
  asked.window = undefined
  expect(view.rows.map((one) => one.id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(view.rows[1]).toBe(shown[0])
})

test('rows keep their objects while others come, go and move at any place', () => {
  const { todos, put, remove } = openTodos(['a', 'b', 'c', 'd', 'e'], { byRank: true })
  const { view } = openView(todos)
  const first = new Map(view.rows.map((row) => [row.id, row]))
  const changes: [change: () => void, order: string][] = [
    [() => put(todo('f', { rank: -1 })), 'fabcde'],
    [() => put(todo('g', { rank: 1.5 })), 'fabgcde'],
    [() => put(todo('e', { rank: 0.5 })), 'faebgcd'],
    [() => put(todo('a', { rank: 9 }), todo('f', { rank: 2.5 })), 'ebgcfda'],
    [() => remove('g', 'e'), 'bcfda'],
    [() => put(todo('b', { rank: 7 }), todo('d', { rank: -2 })), 'dcfba'],
    [() => remove('a', 'd', 'c'), 'fb'],
  ]
  for (const [change, order] of changes) {
    change()
    expect(view.rows.map((row) => row.id).join('')).toBe(order)
    expect(view.rows.every((row) => row === (first.get(row.id) ?? row))).toBe(true)
  }
  remove('f', 'b')
  expect(view.rows).toEqual([])
})

test('every array of a view is frozen, and right whatever was tried on it', () => {
  const { todos, put, remove } = openTodos(['a', 'b', 'c'])
  const { asked, view, follow } = openView(undefined)
  const tamper = () => {
    for (const items of [view.rows, view.data, view.keys] as unknown[][]) {
      expect(() => items.push('more')).toThrow(TypeError)
      expect(() => items.splice(0, items.length, 'other')).toThrow(TypeError)
    }
  }
  tamper()
  asked.collection = todos
  follow()
  for (const window of [undefined, { limit: 2 }, { limit: 0 }, { offset: 1 }, { offset: 9 }]) {
    asked.window = window
    tamper()
  }
  asked.window = undefined
  remove('a')
  put(todo('d'))
  expect(view.keys).toEqual(['b', 'c', 'd'])
  expect(view.rows.map((row) => row.id)).toEqual(['b', 'c', 'd'])
  expect(view.data.map((row) => row.id)).toEqual(['b', 'c', 'd'])
})

test('a view that switches to a ready collection never shows rows of the old one', () => {
  const [left, right] = [openTodos(['a']), openTodos(['a'])]
  right.todos.startSyncImmediate()
  right.put(todo('a', { title: 'right' }))
  const { asked, view, follow } = openView(left.todos)
  expect(view.rows.map((one) => one.title)).toEqual(['title a'])
  asked.collection = right.todos
  expect(view.rows.map((one) => one.title)).toEqual(['right'])
  expect(view.data.map((one) => one.title)).toEqual(['right'])
  follow()
  expect([left.todos.subscriberCount, right.todos.subscriberCount]).toEqual([0, 1])
  asked.collection = undefined
  expect([view.rows, view.status]).toEqual([[], 'disabled'])
  follow()
  expect(right.todos.subscriberCount).toBe(0)
})

test('the rows asked for before stay, followed, until those of the last collection asked for are there', () => {
  const [left, middle, right] = [openTodos(['a']), openSlowTodos(['b']), openSlowTodos(['c'])]
  const { asked, view, follow } = openView(left.todos)
  const shown = () => [
    view.data.map((one) => one.title).join(),
    view.status,
    view.isPlaceholderData,
  ]
  expect(shown()).toEqual(['title a', 'ready', false])
  for (const { todos } of [middle, right]) {
    asked.collection = todos
    follow()
    expect(shown()).toEqual(['title a', 'loading', true])
  }
  left.put(todo('a', { title: 'changed' }))
  middle.finish()
  expect(shown()).toEqual(['changed', 'loading', true])
  expect([left, middle, right].map(({ todos }) => todos.subscriberCount)).toEqual([1, 0, 1])
  right.finish()
  expect(shown()).toEqual(['title c', 'ready', false])
  follow()
  expect([left, middle, right].map(({ todos }) => todos.subscriberCount)).toEqual([0, 0, 1])
})

test('the status follows the collection', async () => {
  const { todos } = openTodos(['a'])
  const { view, follow } = openView(todos, 'unfollowed')
  expect([view.status, view.isIdle]).toEqual(['idle', true])
  follow()
  expect([view.status, view.isReady, view.isLoading]).toEqual(['ready', true, false])
  await todos.cleanup()
  expect([view.status, view.isCleanedUp]).toEqual(['cleaned-up', true])
})

test('the error of another maker’s collection is what its sync reported, and a retry starts it again', async () => {
  const { todos, fail } = openSlowTodos(['a'])
  const { view } = openView(todos)
  const cause = new Error('unreachable')
  fail(cause)
  expect([view.isError, view.error?.code, view.error?.cause]).toEqual([
    true,
    'collection-failed',
    cause,
  ])
  expect(view.error).toBe(view.error)
  view.retry()
  await eventually(() => expect(view.status).toBe('loading'))
  expect(view.error).toBeUndefined()
})

test('the error and the retry of a live query are those of what it reads', async () => {
  vi.spyOn(console, 'error').mockReturnValue() // @tanstack/db logs it
  const { todos, fail, finish } = openSlowTodos(['a'])
  const { view } = openView(liveQuery((q) => q.from({ todo: todos })) as unknown as Todos)
  const cause = new Error('unreachable')
  fail(cause)
  expect([view.status, view.error?.cause]).toEqual(['error', cause])
  view.retry()
  await eventually(() => expect(todos.status).toBe('loading'))
  finish()
  await eventually(() => expect(view.status).toBe('ready'))
  expect([view.error, view.data.map((one) => one.title)]).toEqual([undefined, ['title a']])
})

test('the error of a PowerSync collection is its own, also through a live query of a live query', async () => {
  vi.spyOn(console, 'error').mockReturnValue() // @tanstack/db logs it
  const database = await openDatabase(schema)
  let isDown = true
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    onLoad() {
      if (isDown) throw new Error('down')
    },
  })
  const inner = liveQuery((q) => q.from({ todo: todos }))
  const outer = liveQuery((q) => q.from({ todo: inner }))
  const { view } = openView(outer as unknown as Todos)
  await eventually(() => expect(view.error?.code).toBe('load-hook-failed'))
  isDown = false
  view.retry()
  await eventually(() => expect(view.status).toBe('ready'))
  expect(view.error).toBeUndefined()
})
