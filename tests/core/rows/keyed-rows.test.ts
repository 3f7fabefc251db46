import { batch, rows } from '@rowsignal/core'
import { createLiveQueryCollection } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { keyedRows } from '../../../core/src/rows/keyed-rows.ts'
import { eventually } from '../../support/eventually.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'

/** Listens, and records what the listener was told as `type key`. */
function record(source: ReturnType<typeof openTodos>) {
  const keyed = keyedRows(source.todos)
  const events: string[][] = []
  const stop = keyed.listen((changes) => {
    events.push(
      changes.map(({ key, row }) => (row === undefined ? `-${key}` : `${key}:${row.title}`)),
    )
  })
  return { keyed, events, stop }
}

test('a collection is subscribed to once, while someone listens', () => {
  const { todos } = openTodos(['a'])
  const keyed = keyedRows(todos)
  const stops = [keyed.listen(() => {}), keyed.listen(() => {}), keyed.listenRow('a', () => {})]
  expect(todos.subscriberCount).toBe(1)
  for (const stop of [...stops, ...stops]) stop()
  expect(todos.subscriberCount).toBe(0)
})

test('keys keep their array until a row comes, goes or moves', () => {
  const source = openTodos(['a', 'b'])
  const { keyed } = record(source)
  const before = keyed.keys()
  source.put(todo('a', { title: 'changed' }))
  expect(keyed.keys()).toBe(before)
  source.put(todo('c'))
  expect(keyed.keys()).toEqual(['a', 'b', 'c'])
})

test('no more keys are looked at than were asked for since their order changed', () => {
  const source = openTodos(['a', 'b', 'c', 'd'])
  const { keyed } = record(source)
  const looked = vi.spyOn(source.todos, 'keys')
  const read: string[] = []
  looked.mockImplementation(function* () {
    for (const key of source.todos._state.keys()) {
      read.push(key)
      yield key
    }
  })
  expect(keyed.keys(2)).toEqual(['a', 'b'])
  source.put(todo('e'))
  expect(keyed.keys(2)).toEqual(['a', 'b'])
  expect(read).not.toContain('d')
  expect(keyed.keys()).toEqual(['a', 'b', 'c', 'd', 'e'])
  source.remove('e')
  expect(keyed.keys(2)).toEqual(['a', 'b', 'c', 'd'])
  read.length = 0
  source.put(todo('f'))
  keyed.keys(2)
  expect(read).not.toContain('d')
})

test('a row that moves by its sort value moves its key', () => {
  const source = openTodos(['a', 'b', 'c'], { byRank: true })
  const { keyed, events } = record(source)
  expect(keyed.keys()).toEqual(['a', 'b', 'c'])
  source.put(todo('a', { rank: 9 }))
  expect(keyed.keys()).toEqual(['b', 'c', 'a'])
  expect(events).toEqual([['a:title a']])
})

test('an optimistic row goes to its place when the sync confirms it', async () => {
  const source = openTodos(['b', 'c'])
  const { keyed } = record(source)
  source.todos.insert(todo('a'))
  expect(keyed.keys()).toEqual(['b', 'c', 'a'])
  source.put(todo('a'))
  source.settle()
  await eventually(() => expect(source.todos.get('a')?.$synced).toBe(true))
  expect(keyed.keys()).toEqual(['a', 'b', 'c'])
})

test('truncate and refill is one change a row and keeps the keys', () => {
  const source = openTodos(['a', 'b'])
  const { keyed, events } = record(source)
  const before = keyed.keys()
  source.commit(({ truncate, write }) => {
    truncate()
    write({ type: 'insert', value: todo('a', { title: 'again' }) })
    write({ type: 'insert', value: todo('b', { rank: 1 }) })
  })
  expect(events).toEqual([['a:again', 'b:title b']])
  expect(keyed.keys()).toBe(before)
})

test('a batch is told once, as the difference from its start', () => {
  const source = openTodos(['a', 'b'])
  const { events } = record(source)
  batch(() => {
    source.put(todo('a', { title: 'one' }))
    source.put(todo('a', { title: 'two' }), todo('c'))
    source.remove('b')
    expect(events).toEqual([])
  })
  expect(events).toEqual([['a:two', 'c:title c', '-b']])
})

test('keys and rows are right in the middle of a batch and without listeners', () => {
  const source = openTodos(['a'])
  const keyed = keyedRows(source.todos)
  source.todos.startSyncImmediate()
  const before = keyed.rows()
  expect(keyed.rows()).toBe(before)
  source.put(todo('b'))
  expect(keyed.keys()).toEqual(['a', 'b'])
  keyed.listen(() => {})
  batch(() => {
    source.put(todo('c'))
    expect(keyed.keys()).toEqual(['a', 'b', 'c'])
    expect(keyed.rows().map((row) => row.id)).toEqual(['a', 'b', 'c'])
  })
})

test('a refused write is told twice and ends with the synced row', async () => {
  const source = openTodos(['a'])
  const { events } = record(source)
  const transaction = source.todos.update('a', (draft) => void (draft.title = 'optimistic'))
  const failed = expect(transaction.isPersisted.promise).rejects.toThrow('refused')
  source.settle(new Error('refused'))
  await failed
  expect(events).toEqual([['a:optimistic'], ['a:title a']])
})

test('a clean-up takes every row away, and a restart brings them back', async () => {
  const source = openTodos(['a', 'b'])
  const { keyed, events } = record(source)
  keyed.keys()
  await source.todos.cleanup()
  expect(keyed.keys()).toEqual([])
  expect(events).toEqual([['-a', '-b']])
  await source.todos.preload()
  expect(keyed.keys()).toEqual(['a', 'b'])
  expect(events.flat().slice(2)).toEqual(['a:title a', 'b:title b'])
})

test('a listener of one row is not called for other rows', () => {
  const source = openTodos(['a', 'b'])
  const keyed = keyedRows(source.todos)
  const listener = vi.fn()
  const stop = keyed.listenRow('a', listener)
  source.put(todo('b', { title: 'changed' }))
  expect(listener).not.toHaveBeenCalled()
  source.put(todo('a', { title: 'changed' }))
  expect(listener).toHaveBeenCalledTimes(1)
  stop()
  source.put(todo('a'))
  expect(listener).toHaveBeenCalledTimes(1)
})

test('a throwing subscriber of the collection does not keep rows from changing', () => {
  const source = openTodos(['a'])
  const seen = vi.fn()
  const stop = rows(source.todos).listen(seen)
  source.todos.subscribeChanges(() => {
    throw new Error('someone else')
  })
  expect(() => source.put(todo('a', { title: 'changed' }))).toThrow('someone else')
  expect(seen).toHaveBeenCalledTimes(1)
  stop()
})

test('a listener that throws is reported and stops no other', () => {
  const reported = vi.fn()
  vi.stubGlobal('reportError', reported)
  onTestFinished(() => void vi.unstubAllGlobals())
  const source = openTodos(['a'])
  const keyed = keyedRows(source.todos)
  const seen = vi.fn()
  keyed.listen(() => {
    throw new Error('mine')
  })
  keyed.listen(seen)
  keyed.listenRow('a', seen)
  source.put(todo('a', { title: 'changed' }))
  expect(seen).toHaveBeenCalledTimes(2)
  expect(reported).toHaveBeenCalledTimes(1)
})

test('a row of a live query moves though none of its own columns changed', async () => {
  const source = openTodos(['a', 'b'])
  const titles = createLiveQueryCollection((query) =>
    query
      .from({ todo: source.todos })
      .orderBy(({ todo }) => todo.rank)
      .select(({ todo }) => ({ title: todo.title })),
  )
  const keyed = keyedRows(titles)
  const events: number[] = []
  onTestFinished(keyed.listen((changes) => void events.push(changes.length)))
  await titles.preload()
  expect(keyed.rows().map((row) => row.title)).toEqual(['title a', 'title b'])
  events.length = 0
  source.put(todo('a', { rank: 9 }))
  expect(keyed.rows().map((row) => row.title)).toEqual(['title b', 'title a'])
  expect(events).toEqual([0])
})

test('a row of a live query moves silently in the commit that changes another', async () => {
  const source = openTodos(['a', 'b', 'c'])
  const titles = createLiveQueryCollection((query) =>
    query
      .from({ todo: source.todos })
      .orderBy(({ todo }) => todo.rank)
      .select(({ todo }) => ({ id: todo.id, title: todo.title })),
  )
  const keyed = keyedRows(titles)
  const events: number[] = []
  onTestFinished(keyed.listen((changes) => void events.push(changes.length)))
  await titles.preload()
  expect(keyed.keys()).toEqual(['a', 'b', 'c'])
  events.length = 0
  source.put(todo('a', { rank: 9 }), todo('b', { rank: 1, title: 'changed' }))
  expect(keyed.keys()).toEqual(['b', 'c', 'a'])
  expect(events).toEqual([1])
})
