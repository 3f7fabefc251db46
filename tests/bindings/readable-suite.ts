import { createReadable, row, rows, sqlQuery } from '@rowsignal/core'
import { expect, test, vi } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import { type Driver, schema } from './contract.ts'
import { mounting } from './mounting.ts'

/** `useReadable` in every framework. */
export function testReadables(driver: Driver): void {
  const { box, flush } = driver
  const { mount } = mounting(driver)

  test('a readable is followed, switched at once, and let go', async () => {
    const { todos, put } = openTodos(['a'])
    const log: string[] = []
    const stopped = vi.fn()
    const constant = createReadable({ get: () => 'constant', start: () => stopped })
    const count = rows(todos)
    const readable = box<typeof constant | typeof count>(count)
    const props = { readable, log: (entry: string) => void log.push(entry) }
    const { element, unmount } = await mount(driver.mountValue, props)
    put(todo('b'))
    await flush()
    readable.value = constant
    await flush()
    expect(element.textContent).toBe('constant')
    expect(log).toEqual(['1 rows', '2 rows', 'constant'])
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    await unmount()
    await eventually(() => expect(stopped).toHaveBeenCalledTimes(1))
  })

  test('a readable that is asked for only in passing, or as the component leaves, is not followed', async () => {
    const started: string[] = []
    const constant = (text: string) =>
      createReadable({ get: () => text, start: () => (started.push(text), () => {}) })
    const readable = box(constant('first'))
    const props = { readable, log: () => {} }
    const { element, unmount } = await mount(driver.mountValue, props)
    driver.together(() => {
      readable.value = constant('passing')
      readable.value = constant('last')
    })
    await flush()
    expect(element.textContent).toBe('last')
    driver.together(() => {
      readable.value = constant('leaving')
      void unmount()
    })
    await flush()
    expect(started).toEqual(['first', 'last'])
  })

  test('a readable that is made anew at each call is made once for what the call has read', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const id = box('a')
    const made: string[] = []
    const readable = {
      get value() {
        made.push(id.value)
        const { get, listen } = row(todos, id.value)
        return createReadable({ get: () => get()?.title, start: listen })
      },
    }
    const log: string[] = []
    const props = { readable, log: (entry: string) => void log.push(entry) }
    await mount(driver.mountValue, props)
    put(todo('a', { title: 'changed' }))
    await flush()
    id.value = 'b'
    await flush()
    expect(log).toEqual(['title a', 'changed', 'title b'])
    expect(made).toEqual(['a', 'b'])
  })

  test('an SQL statement is run for its parameters, and again when its tables change', async () => {
    const database = await openDatabase(schema)
    await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'A'), ('b', 'B')")
    const id = box('a')
    const readable = {
      get value() {
        const sql = 'SELECT title FROM todos WHERE id = ?'
        const { get, listen } = sqlQuery<{ title: string }>(database, sql, [id.value])
        return createReadable({ get: () => get().rows[0]?.title, start: listen })
      },
    }
    const log: string[] = []
    const { unmount } = await mount(driver.mountValue, {
      readable,
      log: (entry: string) => void log.push(entry),
    })
    await eventually(() => expect(log.at(-1)).toBe('A'))
    await database.execute("UPDATE todos SET title = 'changed' WHERE id = 'a'")
    await eventually(() => expect(log.at(-1)).toBe('changed'))
    id.value = 'b'
    await eventually(() => expect(log.at(-1)).toBe('B'))
    await unmount()
  })
}
