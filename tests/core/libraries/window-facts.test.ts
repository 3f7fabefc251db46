/** What core relies on of TanStack DB's windows (docs/rooms/libraries.md), asked of the library alone. */
import {
  createLiveQueryCollection,
  createLiveQueryWindowController,
  fetchNextLiveQueryWindowPage,
  isLiveQueryWindowCollection,
} from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openTodos } from '../../support/synced-collection.ts'

test('a window controller shows whole pages from the start and knows of one row more', async () => {
  const { todos } = openTodos(['a', 'b', 'c', 'd', 'e'])
  const collection = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.rank)
      .limit(3)
      .offset(0),
  )
  expect(isLiveQueryWindowCollection(collection)).toBe(true)
  const create = () => createLiveQueryWindowController(collection, { pageSize: 2 })
  const [left, right] = [create(), create()]
  const changes: number[] = []
  const stops = [left.subscribe(() => changes.push(1)), right.subscribe(() => {})]
  onTestFinished(() => stops.forEach((stop) => stop()))
  const shown = (of: typeof left) => of.getSnapshot().pages.map((page) => page.length)
  await eventually(() => expect([shown(left), left.getSnapshot().hasNextPage]).toEqual([[2], true]))
  await fetchNextLiveQueryWindowPage(left)
  expect([shown(left), shown(right), collection.size]).toEqual([[2, 2], [2], 5])
  expect(changes.length).toBeGreaterThan(0)
  stops[0]?.()
  await eventually(() => expect(collection.size).toBe(3))
  await fetchNextLiveQueryWindowPage(right)
  await fetchNextLiveQueryWindowPage(right)
  expect([shown(right), right.getSnapshot().hasNextPage]).toEqual([[2, 2, 1], false])
})
