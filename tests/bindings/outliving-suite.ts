import { expect, test } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import type { Driver } from './contract.ts'
import { mounting } from './mounting.ts'

/** Rows that are shown longer than the lists that they come from, in every framework. */
export function testOutliving(driver: Driver): void {
  const { mountQuery, mountItem } = mounting(driver)

  test('a row that outlives its list is followed by what shows it, and then let go', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const list = await mountQuery(() => todos)
    const [row] = list.query().rows
    const item = await mountItem(row!)
    await list.unmount()
    await eventually(async () => expect(await item.ran()).toEqual(['row a']))
    for (const title of ['once', 'twice', 'again']) {
      put(todo('a', { title }), todo('b', { title }))
      expect(await item.ran()).toEqual(['row a'])
      expect(item.element.textContent).toBe(title)
    }
    put(todo('a', { title: 'again', note: 'unread' }))
    expect(await item.ran()).toEqual([])
    await item.unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('each of several that show such a row is told, whichever leaves first', async () => {
    const { todos, put } = openTodos(['a'])
    const list = await mountQuery(() => todos)
    const [row] = list.query().rows
    const early = await mountItem(row!)
    await list.unmount()
    const items = [early, await mountItem(row!), await mountItem(row!)]
    while (items.length > 0) {
      const title = `shown ${items.length} times`
      put(todo('a', { title }))
      for (const { element } of items) {
        await eventually(() => expect(element.textContent).toBe(title))
      }
      await items.shift()?.unmount()
    }
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('such a row is told once for a change while another list shows it, and after that', async () => {
    const { todos, put, remove } = openTodos(['a', 'b'])
    const first = await mountQuery(() => todos)
    const [row] = first.query().rows
    await first.unmount()
    const item = await mountItem(row!)
    const second = await mountQuery(() => todos)
    await item.ran()
    put(todo('a', { title: 'in both' }))
    expect([await item.ran(), second.texts()]).toEqual([['row a'], ['in both', 'title b']])
    expect(second.query().rows[0]?.title).toBe('in both')
    await second.unmount()
    await item.ran()
    put(todo('a', { title: 'alone' }))
    await eventually(() => expect(item.element.textContent).toBe('alone'))
    remove('a')
    await item.ran()
    expect(item.element.textContent).toBe('alone')
  })
}
