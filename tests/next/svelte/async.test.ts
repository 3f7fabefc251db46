/** What only a component of `experimental.async` may say. */
import { expect, onTestFinished, test } from 'vitest'
import { mountSvelte } from '../../bindings/mount-svelte.ts'
import { eventually } from '../../support/eventually.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'
import Async from './Async.svelte'

test('what a template awaits runs again with the rows that it has read', async () => {
  const { todos, put } = openTodos(['a'])
  const log: string[] = []
  const { element, unmount } = mountSvelte(Async, {
    collection: todos,
    log: (entry: string) => void log.push(entry),
  })
  onTestFinished(unmount)
  const text = () => element.querySelector('p')?.textContent
  expect(text()).toBe('pending')
  await eventually(() => expect(text()).toBe('title a'))
  put(todo('a', { title: 'changed' }))
  await eventually(() => expect(text()).toBe('changed'))
  expect(log).toEqual(['title a', 'changed'])
})
