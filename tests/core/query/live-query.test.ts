import { liveQuery } from '@rowsignal/core'
import { and, count, eq, gt, like, Query, toArray } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openTodos, todo, type Todo } from '../../support/synced-collection.ts'

const { todos } = openTodos([])
const { todos: others } = openTodos([])

const isUrgent = ({ todo }: { todo: Pick<Todo, 'rank'> }) => todo.rank > 8

test.each([
  [
    'of one filter',
    () => liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.title, 'a'))),
  ],
  [
    'of conditions in another order',
    (isSecond: boolean) =>
      liveQuery((q) =>
        q.from({ todo: todos }).where(({ todo }) => {
          const [left, right] = [gt(todo.rank, 1), eq(todo.note, '')]
          return isSecond ? and(right, left) : and(left, right)
        }),
      ),
  ],
  [
    'under another alias',
    (isSecond: boolean) =>
      isSecond
        ? liveQuery((q) => q.from({ row: todos }).orderBy(({ row }) => row.rank))
        : liveQuery((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)),
  ],
  [
    'of a join',
    () =>
      liveQuery((q) =>
        q.from({ todo: todos }).join({ other: others }, ({ todo, other }) => eq(todo.id, other.id)),
      ),
  ],
  [
    'of groups',
    () =>
      liveQuery((q) =>
        q
          .from({ todo: todos })
          .groupBy(({ todo }) => todo.note)
          .select(({ todo }) => ({ note: todo.note, count: count(todo.id) })),
      ),
  ],
  [
    'with a subquery in its select',
    () =>
      liveQuery((q) =>
        q.from({ todo: todos }).select(({ todo }) => ({
          id: todo.id,
          same: toArray(
            q.from({ other: others }).where(({ other }) => eq(other.title, todo.title)),
          ),
        })),
      ),
  ],
  ['with the same function', () => liveQuery((q) => q.from({ todo: todos }).fn.where(isUrgent))],
  ['built by a builder', () => liveQuery(new Query().from({ todo: todos }).findOne())],
])('equal queries share one: %s', (_, make: (isSecond: boolean) => unknown) => {
  expect(make(true)).toBe(make(false))
})

test('queries that differ are not shared', () => {
  const { todos: twin } = openTodos([], { id: todos.id })
  const { todos: twinOfOthers } = openTodos([], { id: others.id })
  const queries = [
    liveQuery((q) => q.from({ todo: todos })),
    liveQuery((q) => q.from({ todo: others })),
    liveQuery((q) => q.from({ todo: twin })),
    liveQuery((q) => q.from({ todo: todos }).findOne()),
    liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.rank, 1))),
    liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.title, '1'))),
    liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => like(todo.title, '1'))),
    liveQuery((q) => q.from({ todo: todos }).fn.where(isUrgent)),
    liveQuery((q) => q.from({ todo: todos }).fn.where((row) => isUrgent(row))),
    liveQuery((q) => q.from({ todo: todos }).fn.where((row) => isUrgent(row))),
    liveQuery((q) => q.from({ todo: todos }), { keepAliveMs: 1 }),
    liveQuery((q) =>
      q.from({ todo: todos }).join({ other: others }, ({ todo, other }) => eq(todo.id, other.id)),
    ),
    liveQuery((q) =>
      q
        .from({ todo: todos })
        .join({ other: twinOfOthers }, ({ todo, other }) => eq(todo.id, other.id)),
    ),
  ]
  expect(new Set(queries).size).toBe(queries.length)
})

test('a query with a function inside a subquery is never shared', () => {
  const make = () =>
    liveQuery((q) => q.from({ urgent: q.from({ todo: todos }).fn.where(isUrgent) }))
  expect(make()).not.toBe(make())
})

test('a live query is a store of its rows that starts with its first subscriber', async () => {
  const { todos, put } = openTodos(['a', 'b'])
  const query = liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, 0)))
  expect([query.status, todos.status, todos.subscriberCount]).toEqual(['idle', 'idle', 0])
  const log: string[] = []
  const stop = query.subscribe((rows) => void log.push(rows.map((row) => row.title).join()))
  put(todo('b', { title: 'changed', rank: 1 }))
  stop()
  expect(log).toEqual(['title b', 'changed'])
})

test.each([
  ['0 ms drops the result at once', 0],
  ['20 ms keeps it so long', 20],
])('keepAliveMs: %s after the last subscriber', async (_, keepAliveMs) => {
  const { todos } = openTodos(['a'])
  const query = liveQuery((q) => q.from({ todo: todos }), { keepAliveMs })
  query.subscribe(() => {})()
  expect([query.status, todos.subscriberCount]).toEqual(['ready', 1])
  await eventually(() => expect(query.status).toBe('cleaned-up'))
  expect(todos.subscriberCount).toBe(0)
  const log: number[] = []
  onTestFinished(query.subscribe((rows) => void log.push(rows.length)))
  expect(log.at(-1)).toBe(1)
})

test('keepAliveMs: Infinity keeps the result', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { todos } = openTodos(['a'])
  const query = liveQuery((q) => q.from({ todo: todos }), { keepAliveMs: Infinity })
  query.subscribe(() => {})()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect([query.status, todos.subscriberCount]).toEqual(['ready', 1])
})

test('the window of a live query moves, and what was in it stays as it is', async () => {
  const { todos } = openTodos(['a', 'b', 'c', 'd'])
  const first = liveQuery((q) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.rank, 'desc')
      .limit(2),
  )
  await first.preload()
  const [largest] = first.toArray
  await first.utils.setWindow({ offset: 0, limit: 3 })
  expect(first.toArray.map(({ rank }) => rank)).toEqual([3, 2, 1])
  expect(first.utils.getWindow()).toEqual({ offset: 0, limit: 3 })
  expect(first.toArray[0]).toBe(largest)
})
