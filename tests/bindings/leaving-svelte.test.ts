/** What a Svelte component reads while it is taken down: what it showed, as with `$state`. */
import { useRows } from '@rowsignal/svelte'
import { tick } from 'svelte'
import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import { mountSvelte } from './mount-svelte.ts'
import { createBox } from './svelte/box.svelte.ts'
import Derived from './svelte/Derived.svelte'
import Shown from './svelte/Shown.svelte'
import { noted, selected, type Show, ways } from './svelte/shown.svelte.ts'

/** How many children show the row. */
const shownBy = (element: Element) => element.querySelectorAll('li').length

/** Mounts a row that is shown by children which say in `log` what they read as they go. */
async function mountShown(show: Show, columns: object = {}) {
  const fixture = openTodos([])
  fixture.todos.startSyncImmediate()
  fixture.put(todo('a', columns))
  const log: string[] = []
  const props = { todos: fixture.todos, show, log: (entry: string) => void log.push(entry) }
  const { element, unmount } = mountSvelte(Shown, props)
  await tick()
  return { ...fixture, element, unmount, log }
}

const each = (title: string) => [`read ${title}`, `derived ${title}`, `const ${title}`]

test.each(Object.entries(ways))(
  'a deleted row is read by what goes with it: %s',
  async (_, show) => {
    const { todos, put, remove, element, unmount, log } = await mountShown(show)
    expect(element.textContent).toContain('title a')
    remove('a')
    await tick()
    expect(log.splice(0)).toEqual(each('title a'))
    expect(shownBy(element)).toBe(0)
    put(todo('a', { title: 'back' }))
    await tick()
    put(todo('a', { title: 'changed' }))
    await tick()
    expect(shownBy(element)).toBe(3)
    expect(element.textContent).toContain('changed')
    unmount()
    expect(log).toEqual(each('changed'))
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  },
)

test.each(Object.entries(noted))('so is a column that is empty now: %s', async (_, show) => {
  const { put, element, unmount, log } = await mountShown(show, { note: 'noted' })
  put(todo('a', { title: 'other', note: '' }))
  await tick()
  expect(log).toEqual(each('noted'))
  expect(shownBy(element)).toBe(0)
  unmount()
})

test.each(Object.entries(selected))(
  'so is the row of a selection that goes with it: %s',
  async (_, select) => {
    const key = createBox('a')
    const { todos, remove, element, unmount, log } = await mountShown((given) =>
      select(given, () => key.value),
    )
    remove('a')
    key.value = 'none'
    await tick()
    expect(log.splice(0)).toEqual(each('title a'))
    todos.insert(todo('none', { title: 'there' }))
    await tick()
    expect(shownBy(element)).toBe(3)
    todos.delete('none')
    key.value = 'a'
    await tick()
    expect(log).toEqual(each('there'))
    unmount()
  },
)

test('what a module follows for a component is followed on after the component has read it as it was', async () => {
  const { todos, put, remove } = openTodos([])
  const all = useRows(todos)
  const log: string[] = []
  const props = { title: () => all.rows[0]?.title, log: (entry: string) => void log.push(entry) }
  const { element, unmount } = mountSvelte(Derived, props)
  for (const title of ['once', 'again']) {
    put(todo('a', { title }))
    await tick()
    expect(element.textContent).toContain(title)
    remove('a')
    await tick()
    expect([log.splice(0), shownBy(element)]).toEqual([[title], 0])
  }
  unmount()
  await eventually(() => expect(todos.subscriberCount).toBe(0))
})
