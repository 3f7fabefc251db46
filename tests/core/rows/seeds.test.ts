import { seed } from '@rowsignal/core'
import { expect, test } from 'vitest'
import {
  findShowing,
  nameQuery,
  queryNames,
  showsSeed,
  sourceOf,
  withSeeds,
} from '../../../core/src/rows/seeds.ts'
import { openSlowTodos, todo } from '../../support/synced-collection.ts'

test('a collection without a seed is shown as it is', () => {
  const { todos } = openSlowTodos(['a'])
  const other = seed(openSlowTodos([]).todos, [])
  for (const seeds of [[], [other]]) {
    expect(withSeeds(todos, seeds)).toBe(todos)
    expect([sourceOf(todos), showsSeed(todos)]).toEqual([todos, false])
  }
})

test('the first of several seeds stands in, and says what for', () => {
  const { todos, finish } = openSlowTodos(['a'])
  const shown = withSeeds(todos, [seed(todos, [todo('z')]), seed(todos, [])])
  expect([[...shown.keys()], sourceOf(shown), showsSeed(shown)]).toEqual([['z'], todos, true])
  todos.startSyncImmediate()
  finish()
  expect([[...shown.keys()], sourceOf(shown), showsSeed(shown)]).toEqual([['a'], todos, false])
})

test('a seed shows rows that may be written to while somebody follows it', () => {
  const { todos, finish } = openSlowTodos(['a'])
  const shown = withSeeds(todos, [seed(todos, [todo('a'), todo('b')])])
  expect(findShowing(todos, ['a'])).toBeUndefined()
  const subscription = shown.subscribeChanges(() => {}, { includeInitialState: false })
  expect(findShowing(todos, ['a', 'b'])).toBe(shown)
  expect(findShowing(todos, ['a', 'c'])).toBeUndefined()
  finish()
  expect(findShowing(todos, ['a'])).toBeUndefined()
  subscription.unsubscribe()
})

test('a query may have several names', () => {
  const { todos } = openSlowTodos([])
  nameQuery(todos, ['a', 1])
  nameQuery(todos, ['a', 1])
  nameQuery(todos, ['b'])
  expect([...queryNames(todos)]).toEqual(['["a",1]', '["b"]'])
})
