import { batch } from '@rowsignal/core'
import { liveRows } from '../../../core/src/rows/live-rows.ts'
import { createCollection, createLiveQueryCollection, lt } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createHost, openLiveRows as open } from '../../support/live-rows.ts'
import { server } from '../../support/plain-host.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'

test('a changed row runs again only what read that row', () => {
  const { live, run, reruns, put } = open(['a', 'b'])
  run('list', () => live.keys())
  run('row a', () => live.row('a').title)
  run('row b', () => live.row('b').title)
  put(todo('a', { title: 'changed' }))
  expect(reruns()).toEqual(['row a'])
  expect(live.row('a').title).toBe('changed')
})

test('a column that nothing has read runs nothing again', () => {
  const { live, run, reruns, put } = open(['a'])
  run('row', () => live.row('a').title)
  put(todo('a', { note: 'unread' }))
  expect(reruns()).toEqual([])
  expect(live.row('a').note).toBe('unread')
})

test('an optimistic write and its confirmation are one re-run', async () => {
  const source = open(['a'])
  source.run('row', () => source.live.row('a').title)
  const transaction = source.todos.update('a', (draft) => void (draft.title = 'mine'))
  expect(source.reruns()).toEqual(['row'])
  source.put(todo('a', { title: 'mine' }))
  source.settle()
  await transaction.isPersisted.promise
  expect(source.todos.get('a')?.$synced).toBe(true)
  expect(source.reruns()).toEqual([])
})

test('a row whose columns were listed runs again for every column', () => {
  const { live, run, reruns, put } = open(['a'])
  run('json', () => JSON.stringify(live.row('a')))
  put(todo('a', { note: 'changed' }))
  expect(reruns()).toEqual(['json'])
})

test('the key is read without tracking', () => {
  const { live, run, reruns, put } = open(['a'])
  const row = live.row('a')
  expect(run('list', () => [row.id, Reflect.get(row, '$key')])).toEqual(['a', 'a'])
  run('row', () => row.title)
  put(todo('a', { title: 'changed' }))
  expect(reruns()).toEqual(['row'])
})

test('rows that come, go or move below the keys that were asked for run nothing again', () => {
  const { live, run, reruns, put, remove } = open(['a', 'b', 'c', 'd', 'e'])
  run('first two', () => live.keys(2))
  run('size', () => live.size())
  put(todo('f'))
  expect(reruns()).toEqual(['size'])
  run('size', () => live.size())
  put(todo('aa'))
  expect(reruns()).toEqual(['first two', 'size'])
  expect(live.keys(2).slice(0, 2)).toEqual(['a', 'aa'])
  run('first two', () => live.keys(2))
  remove('e')
  expect(reruns()).toEqual([])
})

test('readers of different parts of the list each run again for their own', () => {
  const { live, run, reruns, remove } = open(['a', 'b', 'c', 'd', 'e'])
  run('first two', () => live.keys(2))
  run('all', () => live.keys())
  remove('e')
  expect(reruns()).toEqual(['all', 'first two'])
  run('first two', () => live.keys(2))
  remove('d')
  expect(reruns()).toEqual([])
})

test('rows keep their object while the list changes around them', () => {
  const { live, put, remove } = open(['a', 'b'])
  const row = live.row('b')
  put(todo('c'), todo('b', { title: 'changed' }))
  remove('a')
  expect(live.row('b')).toBe(row)
})

test('a deleted row keeps its last value, also if nothing had read it', () => {
  const { live, put, remove } = open(['a', 'b'])
  const [a, b] = [live.row('a'), live.row('b')]
  expect(a.title).toBe('title a')
  put(todo('b', { title: 'last' }))
  remove('a', 'b')
  expect([a.title, b.title]).toEqual(['title a', 'last'])
})

test('a refused delete brings back the same object', async () => {
  const { live, run, reruns, todos, settle } = open(['a'])
  const row = live.row('a')
  run('row', () => row.title)
  const transaction = todos.delete('a')
  const failed = expect(transaction.isPersisted.promise).rejects.toThrow('refused')
  settle(new Error('refused'))
  await failed
  expect(live.row('a')).toBe(row)
  expect(reruns()).toEqual([])
})

test('a row that comes back with other values runs its readers again', () => {
  const { live, run, reruns, remove, put } = open(['a'])
  const row = live.row('a')
  run('row', () => row.title)
  remove('a')
  put(todo('a', { title: 'again' }))
  expect(reruns()).toEqual(['row'])
  expect(row.title).toBe('again')
})

test('a row held over an unmount is live again after the next mount', () => {
  const source = openTodos(['a'])
  const { host, run, reruns } = createHost()
  const live = liveRows(source.todos, host)
  const release = live.acquire()
  const held = live.row('a')
  expect(held.title).toBe('title a')
  release()
  onTestFinished(live.acquire())
  run('held', () => held.title)
  source.put(todo('a', { title: 'changed' }))
  expect(reruns()).toEqual(['held'])
  expect(held.title).toBe('changed')
})

test('a row that outlives what followed it is read again, and asks at each read to be followed', async () => {
  const source = openTodos(['a', 'b'])
  const { host, run, reruns } = createHost()
  const followHere = vi.fn()
  const live = liveRows(source.todos, { ...host, followHere })
  const release = live.acquire()
  const [a, b] = [live.row('a'), live.row('b')]
  run('a', () => a.title)
  run('b', () => b.title)
  expect(followHere).not.toHaveBeenCalled()
  release()
  expect(reruns()).toEqual([]) // what leaves together with the list is let go of first
  await Promise.resolve()
  expect(reruns()).toEqual(['a', 'b'])
  run('a', () => a.title)
  expect(followHere).toHaveBeenCalledExactlyOnceWith(live)
  onTestFinished(live.acquire())
  run('a', () => ({ ...a }))
  run('b', () => [b.id, live.row('b').title])
  expect(followHere.mock.calls.length).toBeGreaterThan(1)
  followHere.mockClear()
  run('b', () => b.title)
  expect(followHere).not.toHaveBeenCalled()
})

test('what was read before the subscription is compared when it starts', () => {
  const source = openTodos(['a', 'b'])
  source.todos.startSyncImmediate()
  const { host, run, reruns } = createHost()
  const live = liveRows(source.todos, host)
  run('keys', () => live.keys())
  run('data', () => live.data())
  run('row a', () => live.row('a').title)
  run('row b', () => live.row('b').title)
  source.put(todo('a', { title: 'changed' }), todo('c'))
  onTestFinished(live.acquire())
  expect(reruns()).toEqual(['data', 'keys', 'row a'])
})

test('rows are right in the middle of a batch, and their readers run once after it', () => {
  const { live, run, reruns, put } = open(['a', 'b'])
  run('row', () => live.row('a').title)
  run('list', () => live.keys())
  batch(() => {
    put(todo('a', { title: 'one' }))
    put(todo('c'))
    expect(run('middle', () => live.row('a').title)).toBe('one')
    expect(live.keys()).toEqual(['a', 'b', 'c'])
    expect(reruns()).toEqual([])
  })
  expect(reruns()).toEqual(['list', 'middle', 'row'])
})

test('a clean-up empties the list and leaves the rows their last values', async () => {
  const { live, run, reruns, todos } = open(['a'])
  const row = live.row('a')
  run('list', () => live.keys())
  run('status', () => live.status())
  run('row', () => row.title)
  await todos.cleanup()
  expect(reruns()).toEqual(['list', 'status'])
  expect([live.status(), live.keys(), row.title]).toEqual(['cleaned-up', [], 'title a'])
})

test('a server subscribes to nothing and reads the collection as it is', () => {
  const source = openTodos(['a'])
  source.todos.startSyncImmediate()
  const live = liveRows(source.todos, server)
  live.acquire()
  expect(source.todos.subscriberCount).toBe(0)
  const row = live.row('a')
  source.put(todo('a', { title: 'changed' }))
  expect([row.title, live.keys(), live.data().length]).toEqual(['changed', ['a'], 1])
  expect(liveRows(source.todos, server)).not.toBe(live)
})

test('a field that getKey only computes with keeps its own value', () => {
  const numbered = createCollection<{ id: number }, string>({
    getKey: (row) => String(row.id),
    sync: {
      sync({ begin, write, commit, markReady }) {
        begin()
        write({ type: 'insert', value: { id: 1 } })
        void commit()
        markReady()
      },
    },
  })
  const live = liveRows(numbered, createHost().host)
  onTestFinished(live.acquire())
  expect(live.row('1').id).toBe(1)
  expect(live.row('1').$key).toBe('1')
})

test('a row that leaves a live query and comes back is the same object', async () => {
  const source = openTodos(['a', 'b'])
  const first = createLiveQueryCollection((query) =>
    query.from({ todo: source.todos }).where(({ todo }) => lt(todo.rank, 5)),
  )
  const { host, run, reruns } = createHost()
  const live = liveRows(first, host)
  onTestFinished(live.acquire())
  await first.preload()
  const row = live.row('a')
  run('list', () => live.keys())
  run('row', () => row.title)
  source.put(todo('a', { rank: 9 }))
  expect(reruns()).toEqual(['list'])
  run('list', () => live.keys())
  source.put(todo('a', { title: 'again' }))
  expect(reruns()).toEqual(['list', 'row'])
  expect(live.row('a')).toBe(row)
})
