import { batch, createPowerSyncCollection, type RowStatus, transact } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { openSlowTodos, openTodos, todo } from '../support/synced-collection.ts'
import { type Driver, schema } from './contract.ts'
import { mounting } from './mounting.ts'

/** The same promises for every framework. */
export function testBinding(driver: Driver): void {
  const { box, flush } = driver
  const { mount, mountList } = mounting(driver)

  test('a changed row runs again alone, not the list and no other row', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c'])
    const { texts, ran } = await mountList(todos)
    put(todo('b', { title: 'changed', rank: 1 }))
    expect(await ran()).toEqual(['row b'])
    expect(texts()).toEqual(['title a', 'changed', 'title c'])
  })

  test('a changed column that no template reads runs nothing', async () => {
    const { todos, put } = openTodos(['a', 'b'])
    const { ran } = await mountList(todos)
    put(todo('a', { note: 'unread' }))
    expect(await ran()).toEqual([])
  })

  test('a memo over all rows runs once for a commit of many', async () => {
    const { todos, put } = openTodos(Array.from({ length: 200 }, (_, index) => `${1000 + index}`))
    const log: string[] = []
    await mount(driver.mountMemo, {
      collection: todos,
      log: (entry: string) => void log.push(entry),
    })
    put(...[...todos.values()].slice(100).map(({ id }) => todo(id)))
    await flush()
    put(todo('1199', { rank: 1 }))
    await flush()
    expect(log).toEqual(['199 ranked', '99 ranked', '100 ranked'])
  })

  test('every row of a long list is followed', async () => {
    const ids = Array.from({ length: 200 }, (_, index) => `row ${1000 + index}`)
    const { todos, put } = openTodos(ids)
    const { texts, ran } = await mountList(todos)
    for (const id of [ids[0], ids[63], ids[64], ids[150], ids[199]] as string[]) {
      put(todo(id, { title: `changed ${id}`, rank: ids.indexOf(id) }))
      expect(await ran()).toEqual([`row ${id}`])
      expect(texts()[ids.indexOf(id)]).toBe(`changed ${id}`)
    }
  })

  test('rows that come, go and move run the list, and of the rows only the new ones', async () => {
    const { todos, put, remove } = openTodos(['a', 'b', 'c'], { byRank: true })
    const { element, texts, ran } = await mountList(todos)
    const nodes = new Map(Array.from(element.querySelectorAll('li'), (li) => [li.textContent, li]))
    put(todo('d', { rank: -1 }))
    expect(await ran()).toEqual(['list', 'row d'])
    expect(texts()).toEqual(['title d', 'title a', 'title b', 'title c'])
    put(todo('a', { rank: 9 }))
    expect(await ran()).toEqual(['list'])
    remove('b')
    expect(await ran()).toEqual(['list'])
    expect(texts()).toEqual(['title d', 'title c', 'title a'])
    expect(element.querySelectorAll('li')[2]).toBe(nodes.get('title a'))
  })

  test('an optimistic write and its confirmation run a row once, its refusal once more', async () => {
    const { todos, put, settle } = openTodos(['a'])
    const { texts, ran } = await mountList(todos)
    const kept = todos.update('a', (draft) => void (draft.title = 'mine'))
    expect(await ran()).toEqual(['row a'])
    put(todo('a', { title: 'mine' }))
    settle()
    await kept.isPersisted.promise
    expect(await ran()).toEqual([])
    const refused = todos.update('a', (draft) => void (draft.title = 'refused'))
    await ran()
    settle(new Error('no'))
    await refused.isPersisted.promise.catch(() => {})
    expect(await ran()).toEqual(['row a'])
    expect(texts()).toEqual(['mine'])
  })

  test('an effect over two collections never sees half of a batch', async () => {
    const [left, right] = [openTodos(['a']), openTodos(['a'])]
    const log: string[] = []
    const props = {
      left: left.todos,
      right: right.todos,
      log: (entry: string) => void log.push(entry),
    }
    await mount(driver.mountPair, props)
    batch(() => {
      left.put(todo('a', { title: 'new' }))
      right.put(todo('a', { title: 'new' }))
    })
    await flush()
    expect(log).toEqual(['title a + title a', 'new + new'])
  })

  test('an unmount leaves no subscriber, and a second mount follows again', async () => {
    const { todos, put } = openTodos(['a'])
    const first = await mountList(todos)
    const second = await mountList(todos)
    expect(todos.subscriberCount).toBe(1)
    await first.unmount()
    put(todo('a', { title: 'still followed' }))
    await second.ran()
    expect(second.texts()).toEqual(['still followed'])
    await second.unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    put(todo('a', { title: 'unseen' }))
    const third = await mountList(todos)
    expect(third.texts()).toEqual(['unseen'])
    put(todo('a', { title: 'seen' }))
    expect(await third.ran()).toEqual(['row a'])
  })

  test('a window shows its part and runs nothing for what is outside', async () => {
    const { todos, put } = openTodos(['a', 'b', 'c', 'd'])
    const { texts, heading, window, ran } = await mountList(todos, { limit: 2, offset: 1 })
    expect([texts(), heading()]).toEqual([['title b', 'title c'], 'ready 4'])
    put(todo('d', { title: 'outside' }))
    expect(await ran()).toEqual([])
    put(todo('e'))
    expect((await ran()).filter((entry) => entry.startsWith('row'))).toEqual([])
    window.value = { limit: 2, offset: 2 }
    expect((await ran()).filter((entry) => entry.startsWith('row'))).toEqual(['row d'])
    expect(texts()).toEqual(['title c', 'outside'])
    expect(todos.subscriberCount).toBe(1)
  })

  test('a switch of the collection shows the new rows alone and lets the old one go', async () => {
    const [left, right] = [openTodos(['a', 'b']), openTodos(['a'])]
    right.todos.startSyncImmediate()
    right.put(todo('a', { title: 'right' }))
    const { collection, texts, heading, ran } = await mountList(left.todos)
    collection.value = right.todos
    await ran()
    expect([texts(), heading()]).toEqual([['right'], 'ready 1'])
    await eventually(() => expect(left.todos.subscriberCount).toBe(0))
    left.put(todo('a', { title: 'old' }))
    expect(await ran()).toEqual([])
    right.put(todo('a', { title: 'new' }))
    expect(await ran()).toEqual(['row a'])
    collection.value = undefined
    await ran()
    expect([texts(), heading()]).toEqual([[], 'disabled 0'])
    await eventually(() => expect(right.todos.subscriberCount).toBe(0))
  })

  test('one row is followed by its key, which may switch', async () => {
    const { todos, put, remove } = openTodos(['a', 'b'])
    const log: string[] = []
    const key = box<string | undefined>('a')
    const props = {
      collection: todos,
      key,
      log: (entry: string) => void log.push(entry),
      expose: () => {},
    }
    const { element, unmount } = await mount(driver.mountRow, props)
    put(todo('b', { title: 'other' }))
    await flush()
    put(todo('a', { title: 'changed' }))
    await flush()
    key.value = 'b'
    await flush()
    put(todo('a', { title: 'left behind' }))
    remove('b')
    await flush()
    expect(log).toEqual(['title a', 'changed', 'other', 'none'])
    expect(element.textContent).toBe('none')
    await unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('a row says whether it is not read yet, not there, or not asked for', async () => {
    const { todos, finish } = openSlowTodos(['a'])
    const log: string[] = []
    const key = box<string | undefined>('b')
    let read: (() => RowStatus) | undefined
    const props = {
      collection: todos,
      key,
      log: (entry: string) => void log.push(entry),
      expose: (row: () => RowStatus) => void (read = row),
    }
    const { unmount } = await mount(driver.mountRow, props)
    const told = () => {
      const row = read?.()
      return [row?.status, row?.isLoading, row?.isReady]
    }
    expect(told()).toEqual(['loading', true, false])
    finish()
    await flush()
    expect(told()).toEqual(['ready', false, true])
    expect(log).toEqual(['none']) // what shows the row is not run by its status
    key.value = undefined
    await flush()
    expect(told()).toEqual(['disabled', false, true])
    await eventually(() => expect(todos.subscriberCount).toBe(0))
    key.value = 'a'
    await flush()
    expect([told(), log.at(-1)]).toEqual([['ready', false, true], 'title a'])
    expect(todos.subscriberCount).toBe(1)
    await unmount()
    await eventually(() => expect(todos.subscriberCount).toBe(0))
  })

  test('a row whose collection fails says why, and is retried', async () => {
    const { todos, finish, fail } = openSlowTodos(['a'])
    let read: (() => RowStatus) | undefined
    const { element } = await mount(driver.mountRow, {
      collection: todos,
      key: box<string | undefined>('a'),
      log: () => {},
      expose: (row: () => RowStatus) => void (read = row),
    })
    const cause = new Error('unreachable')
    fail(cause)
    await flush()
    expect([read?.().isError, read?.().error?.cause]).toEqual([true, cause])
    read?.().retry()
    await eventually(() => expect(todos.status).toBe('loading'))
    finish()
    await eventually(() => expect(element.textContent).toBe('title a'))
    expect([read?.().status, read?.().error]).toEqual(['ready', undefined])
  })

  test('a form without a key is empty, and of the row when there is one', async () => {
    const { todos } = openTodos(['a'])
    const key = box<string | undefined>(undefined)
    const { element } = await mount(driver.mountForm, { collection: todos, key })
    const input = element.querySelector('input') as HTMLInputElement
    const shown = () => [input.value, element.querySelector('p')?.textContent]
    expect(shown()).toEqual(['', 'same'])
    key.value = 'a'
    await flush()
    expect(shown()).toEqual(['title a', 'same'])
    key.value = undefined
    await flush()
    expect(shown()).toEqual(['', 'same'])
  })

  test('a form follows the row until it is typed in, saves what differs, and resets', async () => {
    const { todos, put, settle } = openTodos(['a', 'b'])
    const key = box<string | undefined>('a')
    const { element } = await mount(driver.mountForm, { collection: todos, key })
    const input = element.querySelector('input') as HTMLInputElement
    const changed = () => element.querySelector('p')?.textContent
    const type = async (text: string) => {
      input.value = text
      input.dispatchEvent(new Event('input', { bubbles: true }))
      await flush()
    }
    const click = async (button: string) => {
      element.querySelector<HTMLButtonElement>(`button[name=${button}]`)?.click()
      await flush()
    }
    expect([input.value, changed()]).toEqual(['title a', 'same'])
    put(todo('a', { title: 'from afar' }))
    await flush()
    expect([input.value, changed()]).toEqual(['from afar', 'same'])
    await type('typed')
    put(todo('a', { title: 'not shown', note: 'new' }))
    await flush()
    expect([input.value, changed()]).toEqual(['typed', 'changed'])
    await click('reset')
    expect([input.value, changed()]).toEqual(['not shown', 'same'])
    await type('mine')
    await click('save')
    expect(todos.get('a')).toMatchObject({ title: 'mine', note: 'new' })
    expect([input.value, changed()]).toEqual(['mine', 'same'])
    settle(new Error('refused'))
    await eventually(() => expect(todos.get('a')?.title).toBe('not shown'))
    await flush()
    expect([input.value, changed()]).toEqual(['mine', 'changed'])
    key.value = 'b'
    await flush()
    expect([input.value, changed()]).toEqual(['title b', 'same'])
  })

  test('the provided database is found below, and without one the error says what to do', async () => {
    const database = await openDatabase(schema)
    const { element } = await mount(driver.mountStatus, { provided: database })
    expect(element.textContent).toBe('offline')
    expect(() => driver.mountStatus({ provided: undefined })).toThrow(
      expect.objectContaining({ code: 'no-provider' }),
    )
  })

  test('one transact over two PowerSync collections is one change', async () => {
    const database = await openDatabase(schema)
    await database.execute("INSERT INTO lists(id, title) VALUES ('a', 'old')")
    await database.execute("INSERT INTO todos(id, title) VALUES ('a', 'old')")
    const left = createPowerSyncCollection({ database, table: schema.props.lists })
    const right = createPowerSyncCollection({ database, table: schema.props.todos })
    await Promise.all([left.preload(), right.preload()])
    const log: string[] = []
    await mount(driver.mountPair, { left, right, log: (entry: string) => void log.push(entry) })
    await transact(() => {
      left.update('a', (draft) => void (draft.title = 'new'))
      right.update('a', (draft) => void (draft.title = 'new'))
    }).isPersisted.promise
    await flush()
    await database.writeTransaction(async (tx) => {
      await tx.execute("UPDATE lists SET title = 'newer'")
      await tx.execute("UPDATE todos SET title = 'newer'")
    })
    await eventually(() => expect(log.at(-1)).toBe('newer + newer'))
    expect(log).toEqual(['old + old', 'new + new', 'newer + newer'])
  })

  test.each(['eager', 'on-demand', 'progressive'] as const)(
    'the official useLiveQuery takes a PowerSync collection that is %s',
    async (syncMode) => {
      const database = await openDatabase(schema)
      await database.execute(
        "INSERT INTO todos(id, title, done) VALUES ('a', 'Pack', 0), ('z', 'Done', 1)",
      )
      const todos = createPowerSyncCollection({ database, table: schema.props.todos, syncMode })
      const { element } = await mount(driver.mountOfficial, { collection: todos })
      const texts = () => Array.from(element.querySelectorAll('li'), (li) => li.textContent)
      await eventually(() => expect(texts()).toEqual(['Pack']))
      await database.execute("INSERT INTO todos(id, title, done) VALUES ('b', 'Go', 0)")
      await eventually(() => expect(texts()).toEqual(['Go', 'Pack']))
      todos.update('a', (draft) => void (draft.done = 1))
      await eventually(() => expect(texts()).toEqual(['Go']))
      await eventually(() => expect(todos.size).toBe(syncMode === 'on-demand' ? 1 : 3))
    },
  )
}
