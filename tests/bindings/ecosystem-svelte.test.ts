/** What Svelte apps do beside plain components: modules, classic stores, transitions. */
import { createPowerSyncCollection, row, rows, syncStatus, syncStream } from '@rowsignal/core'
import { usePowerSync } from '@rowsignal/svelte'
import { tick } from 'svelte'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import { schema } from './contract.ts'
import { mountSvelte } from './mount-svelte.ts'
import Destructured from './svelte/Destructured.svelte'
import Fading from './svelte/Fading.svelte'
import OwnProvider from './svelte/OwnProvider.svelte'
import { createInEffect } from './svelte/outside.svelte.ts'
import Legacy from './svelte/Legacy.svelte'
import { createShared } from './svelte/shared.svelte.ts'
import Store from './svelte/Store.svelte'
import Unread from './svelte/Unread.svelte'

/** Mounts until the end of the test. */
function mount(...arguments_: Parameters<typeof mountSvelte>): HTMLElement {
  const { element, unmount } = mountSvelte(...arguments_)
  onTestFinished(unmount)
  return element
}

const texts = (element: Element) =>
  Array.from(element.querySelectorAll('li'), (li) => li.textContent)

test('state of a module serves any number of effects, is right unread, and lets go with the last', async () => {
  const { todos, put } = openTodos(['a', 'b'])
  const shared = createShared(todos)
  expect(todos.subscriberCount).toBe(0)
  const logs: string[][] = [[], []]
  const stops = logs.map((log) => shared.follow((text) => void log.push(text)))
  await tick()
  put(todo('a', { title: 'changed', rank: 5 }))
  await tick()
  shared.form.draft.title = 'typed'
  await tick()
  shared.select('b')
  await tick()
  const seen = [
    'title a,title b; title a; title a; 0',
    'changed,title b; changed; changed; 1',
    'changed,title b; changed; typed; 1',
    'changed,title b; title b; title b; 1',
  ]
  expect(logs).toEqual([seen, seen])
  stops[0]?.()
  put(todo('b', { title: 'again', rank: 1 }))
  await tick()
  expect(logs.map((log) => log.length)).toEqual([4, 5])
  stops[1]?.()
  put(todo('b', { title: 'unread', rank: 1 }))
  expect(shared.text()).toBe('changed,unread; unread; unread; 1')
})

test('what no template reads is followed while its component lives, from the start', async () => {
  const { todos, put } = openTodos(['a'])
  const log: string[] = []
  const props = { todos, log: (entry: string) => void log.push(entry) }
  const { element, unmount } = mountSvelte(Unread, props)
  const click = () => element.querySelector('button')?.click()
  put(todo('b'), todo('a', { title: 'changed' }))
  click()
  expect(log).toEqual(['1 1 title a 1', '2 2 changed 2'])
  unmount()
  await eventually(() => expect(todos.subscriberCount).toBe(0))
})

test('an effect follows what is made in it while it lives', async () => {
  const { todos, put } = openTodos(['a'])
  const made = createInEffect(todos)
  put(todo('b'))
  expect(made.count()).toBe(2)
  made.stop()
  await eventually(() => expect(todos.subscriberCount).toBe(0))
})

test('a component without runes shows rows by stores', async () => {
  const { todos, put } = openTodos(['a'])
  const element = mount(Legacy, { todos, id: 'a', rank: 4 })
  const shown = () => Array.from(element.querySelectorAll('p, li'), (node) => node.textContent)
  expect(shown()).toEqual(['1', 'title a', '', 'title a'])
  put(todo('b', { rank: 5 }), todo('a', { title: 'changed', rank: 1 }))
  await tick()
  expect(shown()).toEqual(['2', 'changed', 'b', 'changed', 'title b'])
  element.querySelector('button')?.click()
  await tick()
  expect(shown()).toEqual(['2', 'title b', 'a,b', 'changed', 'title b'])
})

test('every readable is a store: rows, a row, the status and a stream of the sync, a collection', async () => {
  const database = await openDatabase(schema)
  const stored = createPowerSyncCollection({ database, table: schema.props.todos })
  const { todos, put } = openTodos(['a'])
  const all = mount(Store, { store: rows(todos) })
  const one = mount(Store, { store: row(todos, 'b') })
  const status = mount(Store, { store: syncStatus(database) })
  const stream = mount(Store, { store: syncStream(database, { name: 'list' }) })
  const collection = mount(Store, { store: stored })
  const shown = () => [all, one, status, stream, collection].map(({ textContent }) => textContent)
  expect(shown()).toEqual(['1 rows', 'undefined', 'object', 'object', '0 rows'])
  put(todo('b'))
  await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'Pack')")
  await eventually(() =>
    expect(shown()).toEqual(['2 rows', 'object', 'object', 'object', '1 rows']),
  )
})

test('a store that no component shows any more is let go', async () => {
  const { todos } = openTodos(['a'])
  const mounted = [1, 2].map(() => mountSvelte(Store, { store: rows(todos) }))
  expect(todos.subscriberCount).toBe(1)
  for (const { unmount } of mounted) unmount()
  await eventually(() => expect(todos.subscriberCount).toBe(0))
})

test('a row that fades out keeps its text until it is gone, and the others go on', async () => {
  const { todos, put, remove } = openTodos(['a', 'b'])
  const element = mount(Fading, { todos })
  remove('a')
  put(todo('b', { title: 'changed' }))
  await tick()
  expect(texts(element)).toEqual(['title a', 'changed'])
  await eventually(() => expect(texts(element)).toEqual(['changed']))
})

test('a destructured property is read once, the object it came from is live', async () => {
  const { todos, put } = openTodos(['a'])
  todos.startSyncImmediate()
  const element = mount(Destructured, { todos })
  put(todo('b'))
  await tick()
  expect(element.textContent).toBe('1, 2, 2')
})

test('a component that provides a database finds it too', async () => {
  const database = await openDatabase(schema)
  expect(mount(OwnProvider, { database }).textContent).toBe('offline')
})

test('outside of every component the error says where a database can be looked up', () => {
  expect(() => usePowerSync()).toThrow(
    expect.objectContaining({
      code: 'no-provider',
      message: expect.stringContaining('only while a component is made') as string,
      cause: expect.objectContaining({ message: expect.stringContaining('outside') as string }),
    }),
  )
})
