/** What is shown while another collection is asked for; `rows-view` shows it through a view. */
import { RowsignalError } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { type Asked, followShown } from '../../../core/src/rows/shown-collection.ts'
import { createPlainHost } from '../../support/plain-host.ts'
import { openSlowTodos, openTodos, type Todo } from '../../support/synced-collection.ts'

function open(first: Asked<Todo, string>) {
  let asked = first
  const { host, update } = createPlainHost()
  const shown = followShown(host, () => ({ ...asked }))
  update()
  const ask = (next: Asked<Todo, string>): void => {
    asked = next
    update()
  }
  return { ...shown, ask, update }
}

test('the collection of before is shown, and followed, until the one asked for has its rows', () => {
  const [old, next] = [openTodos(['a']), openSlowTodos(['b'])]
  const { askedRows, shownRows, ask, update } = open({ collection: old.todos })
  expect(shownRows()?.collection).toBe(old.todos)
  ask({ collection: next.todos })
  expect([askedRows()?.collection, shownRows()?.collection]).toEqual([next.todos, old.todos])
  expect([old.todos.subscriberCount, next.todos.subscriberCount]).toEqual([1, 1])
  next.finish()
  update()
  expect(shownRows()?.collection).toBe(next.todos)
  expect([old.todos.subscriberCount, next.todos.subscriberCount]).toEqual([0, 1])
})

test('a collection in error has nothing more to wait for, and none at all is shown at once', () => {
  const [old, next] = [openTodos(['a']), openSlowTodos(['b'])]
  const { shownRows, ask, update } = open({ collection: old.todos })
  ask({ collection: next.todos })
  next.fail(new Error('unreachable'))
  update()
  expect(shownRows()?.collection).toBe(next.todos)
  ask({})
  expect(shownRows()).toBeUndefined()
  expect([old.todos.subscriberCount, next.todos.subscriberCount]).toEqual([0, 0])
})

test('what is asked for is the same object while it says the same', () => {
  const { todos } = openTodos(['a'])
  const { asked, ask } = open({ collection: todos })
  const first = asked()
  expect(asked()).toBe(first)
  const error = new RowsignalError('query-failed', 'of a query function')
  ask({ error })
  expect(asked()).not.toBe(first)
  expect(asked()).toEqual({ error })
  const other = new RowsignalError('query-failed', 'of another')
  ask({ error: other })
  expect(asked().error).toBe(other)
})
