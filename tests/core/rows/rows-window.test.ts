/** The part of the live rows that a list shows; `rows-view` shows it through a view. */
import { expect, test } from 'vitest'
import { RowsPart, type RowsWindow } from '../../../core/src/rows/rows-window.ts'
import { openLiveRows } from '../../support/live-rows.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'

const ids = ['a', 'b', 'c', 'd', 'e']

test.each<[window: RowsWindow | undefined, shown: string]>([
  [undefined, 'abcde'],
  [{}, 'abcde'],
  [{ limit: undefined, offset: 0 }, 'abcde'],
  [{ limit: 2 }, 'ab'],
  [{ offset: 3 }, 'de'],
  [{ limit: 2, offset: 1 }, 'bc'],
  [{ limit: 9, offset: 4 }, 'e'],
  [{ limit: 0 }, ''],
  [{ offset: 9 }, ''],
])('a window of %j shows %j of five rows, and counts all', (window, shown) => {
  const { live } = openLiveRows(ids)
  const part = new RowsPart(
    () => live,
    () => window,
  )
  expect(part.keys().join('')).toBe(shown)
  expect(
    part
      .rows()
      .map(({ id }) => id)
      .join(''),
  ).toBe(shown)
  expect(
    part
      .data()
      .map(({ id }) => id)
      .join(''),
  ).toBe(shown)
  expect(part.size()).toBe(5)
})

test('a part without rows is empty and the same each time', () => {
  const part = new RowsPart(
    () => undefined,
    () => ({ limit: 2 }),
  )
  expect([part.keys(), part.rows(), part.data(), part.size()]).toEqual([[], [], [], 0])
  expect(part.data()).toBe(part.data())
})

test('equal keys of another collection are other rows', () => {
  const [left, right] = [openLiveRows(ids), openLiveRows(ids)]
  let live = left.live
  const part = new RowsPart(
    () => live,
    () => ({ limit: 2 }),
  )
  const before = part.rows()
  live = right.live
  expect(part.rows()).not.toBe(before)
  expect(part.rows()[0]).toBe(right.live.row('a'))
})

test('a window that moves keeps the objects of the rows that it goes on showing', () => {
  const source = openTodos(ids)
  const { live } = openLiveRows(ids, source)
  let window: RowsWindow = { limit: 3, offset: 0 }
  const part = new RowsPart(
    () => live,
    () => window,
  )
  const [, b, c] = part.rows()
  window = { limit: 3, offset: 1 }
  expect(part.rows().slice(0, 2)).toEqual([b, c])
  expect(part.rows()[0]).toBe(b)
  source.put(todo('f'))
  const shown = part.rows()
  expect(part.rows()).toBe(shown)
})
