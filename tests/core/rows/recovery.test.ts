/** Why a collection is in error, and how it starts again. `rows-view` shows it through a view. */
import { liveQuery } from '@rowsignal/core'
import { eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { errorOf, retryCollection } from '../../../core/src/rows/recovery.ts'
import { eventually } from '../../support/eventually.ts'
import { openSlowTodos } from '../../support/synced-collection.ts'

test('a failure is one error object, however often it is asked for, and another failure another', async () => {
  const { todos, fail, finish } = openSlowTodos(['a'])
  todos.startSyncImmediate()
  expect(errorOf(todos)).toBeUndefined()
  fail(new Error('first'))
  const first = errorOf(todos)
  expect(first).toMatchObject({ code: 'collection-failed', cause: { message: 'first' } })
  expect(errorOf(todos)).toBe(first)
  retryCollection(todos)
  await eventually(() => expect(todos.status).toBe('loading'))
  expect(errorOf(todos)).toBeUndefined()
  fail(new Error('second'))
  expect(errorOf(todos)).toMatchObject({ cause: { message: 'second' } })
  retryCollection(todos)
  await eventually(() => expect(todos.status).toBe('loading'))
  finish()
  expect(errorOf(todos)).toBeUndefined()
})

test('the retry of a live query is that of the collections that it reads and that are in error', async () => {
  vi.spyOn(console, 'error').mockReturnValue() // @tanstack/db logs it
  onTestFinished(() => void vi.restoreAllMocks())
  const [left, right] = [openSlowTodos(['a']), openSlowTodos(['a'])]
  const both = liveQuery((q) =>
    q
      .from({ left: left.todos })
      .fullJoin({ right: right.todos }, ({ left: a, right: b }) => eq(a.id, b.id)),
  )
  right.todos.startSyncImmediate() // a join may start one side later
  both.startSyncImmediate()
  left.finish()
  right.fail(new Error('unreachable'))
  expect(errorOf(both)).toMatchObject({ cause: { message: 'unreachable' } })
  const restarted = vi.spyOn(left.todos, 'cleanup')
  retryCollection(both)
  await eventually(() => expect(right.todos.status).toBe('loading'))
  expect(restarted).not.toHaveBeenCalled()
  right.finish()
  await eventually(() => expect(errorOf(both)).toBeUndefined())
})

test('a collection that has a retry of its own is asked for it', () => {
  const { todos } = openSlowTodos([])
  const retry = vi.fn()
  Object.assign(todos.utils, { retry })
  retryCollection(todos)
  expect(retry).toHaveBeenCalledOnce()
})
