import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, rowsignalTables } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import type { Driver } from './contract.ts'
import { mounting } from './mounting.ts'

const todos = new Table({ title: column.text, done: column.integer })
const schema = new Schema({ todos, ...rowsignalTables })

/** `useOutbox`, `useRowState` and `useRefused` in every framework. */
export function testOutbox(driver: Driver): void {
  const { box, flush } = driver
  const { mount } = mounting(driver)

  async function mountOutbox() {
    const database = await openDatabase(schema)
    const collection = createPowerSyncCollection({ database, table: schema.props.todos })
    await collection.preload()
    const states: string[] = []
    const key = box('a')
    const log = (state: string): void => void states.push(state)
    const { element, unmount } = await mount(driver.mountOutbox, {
      provided: database,
      collection,
      key,
      log,
    })
    const isShown = (text: string) =>
      eventually(async () => {
        await flush()
        expect(element.textContent).toBe(text)
      })
    return { database, collection, states, key, isShown, unmount }
  }

  test('the outbox, the state of a row and the refused writes are followed', async () => {
    const { database, collection, states, isShown } = await mountOutbox()
    await isShown('0 acknowledged 0')
    collection.insert({ id: 'a', title: 'Pack' })
    await isShown('1 queued 0')
    await (await database.getNextCrudTransaction())?.complete()
    await isShown('0 uploaded 0')
    await database.execute(
      "INSERT INTO rowsignal_refused (id, table_name, row_id, operation_id, operation) VALUES ('c/1', 'todos', 'a', 1, 'PUT')",
    )
    await isShown('0 refused 1')
    await database.disconnectAndClear()
    await isShown('0 acknowledged 0')
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(
      expect.arrayContaining(['acknowledged', 'queued', 'uploaded', 'refused']),
    )
  })

  test('a row runs again for its own state alone, and for that of another row when it is asked for', async () => {
    const { collection, states, key, isShown } = await mountOutbox()
    await collection.insert({ id: 'b', title: 'Pack' }).isPersisted.promise
    await isShown('1 acknowledged 0')
    expect(states).toEqual(['acknowledged'])
    key.value = 'b'
    await isShown('1 queued 0')
    expect(states).toEqual(['acknowledged', 'queued'])
  })

  test('in a list a row runs again for its own state alone', async () => {
    const database = await openDatabase(schema)
    const collection = createPowerSyncCollection({ database, table: schema.props.todos })
    await collection.preload()
    const log: string[] = []
    const { element, unmount } = await mount(driver.mountStates, {
      collection,
      keys: ['a', 'b', 'c'],
      log: (entry: string) => void log.push(entry),
    })
    const isShown = (...texts: string[]) =>
      eventually(async () => {
        await flush()
        expect(Array.from(element.querySelectorAll('li'), (li) => li.textContent)).toEqual(texts)
      })
    await isShown('acknowledged', 'acknowledged', 'acknowledged')
    log.length = 0
    await collection.insert({ id: 'b', title: 'Pack' }).isPersisted.promise
    await isShown('acknowledged', 'queued', 'acknowledged')
    expect(log.filter((entry) => !entry.startsWith('b '))).toEqual([])
    expect(log.at(-1)).toBe('b queued')
    expect(element.querySelector('p')?.textContent).toBe('1')
    await unmount()
    await eventually(() => expect(collection.subscriberCount).toBe(0))
  })

  test('with the component the outbox is let go', async () => {
    const { collection, isShown, unmount } = await mountOutbox()
    await isShown('0 acknowledged 0')
    const before = collection.subscriberCount
    expect(before).toBe(1)
    await unmount()
    await eventually(() => expect(collection.subscriberCount).toBe(0))
  })
}
