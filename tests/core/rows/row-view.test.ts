import type { Collection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { createRowView } from '../../../core/src/rows/row-view.ts'
import { createPlainHost } from '../../support/plain-host.ts'
import { openSlowTodos, openTodos, todo, type Todo } from '../../support/synced-collection.ts'

function open(collection: Collection<Todo, string>, first: string | null = 'a') {
  let key: string | null = first
  const triggered: number[] = []
  const { host, update } = createPlainHost(() => triggered.push(1))
  const view = createRowView(
    host,
    () => collection,
    () => key,
  )
  update()
  const ask = (next: string | null): void => {
    key = next
    update()
  }
  /** How often something has run again since the last call. */
  const reruns = (): number => triggered.splice(0).length
  return { view, ask, reruns }
}

test('the row is the collection’s own, and only its changes run anything again', () => {
  const { todos, put, remove } = openTodos(['a', 'b'])
  const { view, reruns } = open(todos)
  expect(view.row()).toBe(todos.get('a'))
  reruns()
  put(todo('a', { title: 'changed' }))
  expect([view.row()?.title, reruns() > 0]).toEqual(['changed', true])
  remove('a')
  expect([view.row(), view.status.isReady]).toEqual([undefined, true])
})

test('another key is another row; without one there is none, and nothing to wait for', () => {
  const { todos } = openTodos(['a', 'b'])
  const { view, ask } = open(todos)
  ask('b')
  expect(view.row()?.id).toBe('b')
  ask(null)
  expect([view.row(), view.status.status]).toEqual([undefined, 'disabled'])
  expect(todos.subscriberCount).toBe(0)
})

test('a row that is not there is not read yet, or not in the collection', () => {
  const { todos, finish } = openSlowTodos(['a'])
  const { view } = open(todos, 'gone')
  expect([view.row(), view.status.isLoading]).toEqual([undefined, true])
  finish()
  expect([view.row(), view.status.isReady]).toEqual([undefined, true])
})
