import { batch, liveQuery, row, rows } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { openTodos, todo, type Todo } from '../../support/synced-collection.ts'

test('rows are the collection’s own objects, in its order, and one readable for a collection', () => {
  const { todos, put } = openTodos(['a', 'b'])
  const events: string[][] = []
  onTestFinished(rows(todos).subscribe((all) => void events.push(all.map((one) => one.title))))
  put(todo('a', { title: 'changed' }), todo('c'))
  expect(events).toEqual([
    ['title a', 'title b'],
    ['changed', 'title b', 'title c'],
  ])
  expect(rows(todos).get()[0]).toBe(todos.get('a'))
  expect(rows(todos)).toBe(rows(todos))
})

test('rows keep their array while nothing changes, also without listeners', () => {
  const { todos, put } = openTodos(['a', 'b'])
  todos.startSyncImmediate()
  const before = rows(todos).get()
  expect(rows(todos).get()).toBe(before)
  put(todo('b', { title: 'changed' }))
  const after = rows(todos).get()
  expect(after).not.toBe(before)
  expect(after[0]).toBe(before[0])
})

test('rows of a query that change places by a column that it leaves out are told in their new order', () => {
  const { todos, put } = openTodos(['a', 'b', 'c'])
  const byRank = liveQuery((q) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.rank)
      .select(({ todo }) => ({ id: todo.id })),
  )
  const events: string[] = []
  const join = (all: readonly { id: string }[]) => events.push(all.map(({ id }) => id).join(''))
  onTestFinished(rows(byRank).subscribe(join))
  put(todo('a', { rank: 9 }))
  put(todo('b', { rank: 2 }), todo('c', { rank: 1 }))
  expect(events).toEqual(['abc', 'bca', 'cba'])
})

test('the array is frozen, also that of no rows, for all who read it are given the same', () => {
  const { todos, remove } = openTodos(['a', 'b'])
  const empty = openTodos([]).todos
  for (const collection of [todos, empty]) collection.startSyncImmediate()
  for (const all of [rows(todos).get(), rows(empty).get()] as unknown as Todo[][]) {
    expect(() => all.push(todo('c'))).toThrow(TypeError)
    expect(Object.isFrozen(all)).toBe(true)
  }
  remove('a')
  expect(
    rows(todos)
      .get()
      .map(({ id }) => id),
  ).toEqual(['b'])
  expect(rows(empty).get()).toEqual([])
})

test('two collections that change in one batch are told together', () => {
  const [left, right] = [openTodos(['a']), openTodos(['a'])]
  const seen: string[] = []
  const both = () => `${rows(left.todos).get()[0]?.title} ${rows(right.todos).get()[0]?.title}`
  onTestFinished(rows(left.todos).listen(() => void seen.push(both())))
  onTestFinished(rows(right.todos).listen(() => void seen.push(both())))
  batch(() => {
    left.put(todo('a', { title: 'new' }))
    right.put(todo('a', { title: 'new' }))
  })
  expect(seen).toEqual(['new new', 'new new'])
})

test('a row is undefined until it comes and after it goes, and other rows do not call', () => {
  const { todos, put, remove } = openTodos([])
  const events: (string | undefined)[] = []
  onTestFinished(row(todos, 'a').subscribe((one) => void events.push(one?.title)))
  put(todo('b'))
  put(todo('a'))
  put(todo('a', { title: 'changed' }))
  remove('a')
  expect(events).toEqual([undefined, 'title a', 'changed', undefined])
})

test('many watched rows share one subscription', () => {
  const { todos } = openTodos(['a', 'b'])
  const stops = ['a', 'b', 'a'].map((key) => row(todos, key).listen(() => {}))
  stops.push(rows(todos).listen(() => {}))
  expect(todos.subscriberCount).toBe(1)
  for (const stop of stops) stop()
  expect(todos.subscriberCount).toBe(0)
})
