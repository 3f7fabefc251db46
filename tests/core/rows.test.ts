import { batch, row, rows, type RowsWindow } from '@rowsignal/core'
import { createRowsView, type Host, liveRows } from '@rowsignal/core/host'
import { expect, onTestFinished, test } from 'vitest'
import { openTodos, todo } from '../support/synced-collection.ts'

const untracked: Host<undefined> = {
  server: false,
  cell: () => undefined,
  track: () => {},
  trigger: () => {},
}

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

test('a view without a collection is disabled and empty', () => {
  const view = createRowsView({ live: () => undefined, window: () => undefined })
  expect({ ...view }).toEqual({
    rows: [],
    data: [],
    keys: [],
    size: 0,
    status: 'disabled',
    isIdle: false,
    isLoading: false,
    isReady: false,
    isError: false,
    isCleanedUp: false,
  })
  expect(view.data).toBe(view.data)
})

test('a window shows its part, keeps it while others change, and counts all', () => {
  const { todos, put } = openTodos(['a', 'b', 'c', 'd'])
  const live = liveRows(todos, untracked)
  onTestFinished(live.acquire())
  let window: RowsWindow | undefined = { limit: 2, offset: 1 }
  const view = createRowsView({ live: () => live, window: () => window })
  const { rows: shown, data } = view
  expect([view.keys, data.map((one) => one.id), view.size]).toEqual([['b', 'c'], ['b', 'c'], 4])
  put(todo('e'), todo('a', { title: 'changed' }))
  expect(view.rows).toBe(shown)
  expect(view.data).toBe(data)
  put(todo('b', { title: 'changed' }))
  expect(view.rows).toBe(shown)
  expect(view.data).not.toBe(data)
  window = { offset: 3 }
  expect(view.keys).toEqual(['d', 'e'])
  window = undefined
  expect(view.rows.map((one) => one.id)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(view.rows[1]).toBe(shown[0])
})

test('a view that switches collections never shows rows of the old one', () => {
  const [left, right] = [openTodos(['a']), openTodos(['a'])]
  const lives = [left, right].map((source) => liveRows(source.todos, untracked))
  for (const live of lives) onTestFinished(live.acquire())
  right.put(todo('a', { title: 'right' }))
  let shown = lives[0]
  const view = createRowsView({ live: () => shown, window: () => undefined })
  expect(view.rows.map((one) => one.title)).toEqual(['title a'])
  shown = lives[1]
  expect(view.rows.map((one) => one.title)).toEqual(['right'])
  expect(view.data.map((one) => one.title)).toEqual(['right'])
  shown = undefined
  expect([view.rows, view.status]).toEqual([[], 'disabled'])
})

test('the status follows the collection', async () => {
  const { todos } = openTodos(['a'])
  const live = liveRows(todos, untracked)
  const view = createRowsView({ live: () => live, window: () => undefined })
  expect([view.status, view.isIdle]).toEqual(['idle', true])
  onTestFinished(live.acquire())
  expect([view.status, view.isReady, view.isLoading]).toEqual(['ready', true, false])
  await todos.cleanup()
  expect([view.status, view.isCleanedUp]).toEqual(['cleaned-up', true])
})
