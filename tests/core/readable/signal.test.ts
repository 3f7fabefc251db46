import { batch, createReadable, row, rows, toSignal } from '@rowsignal/core'
import { Signal } from 'signal-polyfill'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openTodos, todo } from '../../support/synced-collection.ts'

/** Runs `read` now and, in a microtask, whenever a signal that it read has changed. */
function effect(read: () => void): () => void {
  const computed = new Signal.Computed(read)
  const watcher = new Signal.subtle.Watcher(() =>
    queueMicrotask(() => {
      watcher.watch()
      computed.get()
    }),
  )
  watcher.watch(computed)
  computed.get()
  const stop = (): void => watcher.unwatch(computed)
  onTestFinished(stop)
  return stop
}

const tick = (): Promise<void> => Promise.resolve()

test('a signal follows while it is watched, and no longer', async () => {
  const { todos, put } = openTodos(['a'])
  const all = toSignal(rows(todos), Signal)
  const log: string[] = []
  const stop = effect(
    () =>
      void log.push(
        all
          .get()
          .map(({ title }) => title)
          .join(),
      ),
  )
  put(todo('a', { title: 'changed' }))
  await tick()
  expect(todos.subscriberCount).toBe(1)
  stop()
  await tick()
  expect(todos.subscriberCount).toBe(0)
  put(todo('a', { title: 'unseen' }))
  await tick()
  expect(log).toEqual(['title a', 'changed'])
})

test('a signal is a Computed, and may be watched by itself', async () => {
  const { todos, put } = openTodos(['a'])
  const all = toSignal(rows(todos), Signal)
  expect(Signal.isComputed(all)).toBe(true)
  const notified = vi.fn()
  const watcher = new Signal.subtle.Watcher(notified)
  all.get()
  watcher.watch(all)
  put(todo('b'))
  expect(notified).toHaveBeenCalledTimes(1)
  watcher.unwatch(all)
  await tick()
  expect(todos.subscriberCount).toBe(0)
})

test('an unwatched signal is right whenever it is read, and reading it leaves no listener', () => {
  const { todos, put } = openTodos(['a'])
  todos.startSyncImmediate()
  const all = toSignal(rows(todos), Signal)
  expect(all.get()).toHaveLength(1)
  put(todo('b'))
  expect(all.get()).toHaveLength(2)
  expect(todos.subscriberCount).toBe(0)
})

test('a computed over it that nobody watches is right in the same tick and in later ones', async () => {
  const { todos, put } = openTodos(['a'])
  const all = toSignal(rows(todos), Signal)
  const count = new Signal.Computed(() => all.get().length)
  expect(count.get()).toBe(1)
  put(todo('b'))
  expect(count.get()).toBe(2)
  await tick()
  expect(todos.subscriberCount).toBe(0)
  put(todo('c'))
  expect(count.get()).toBe(3)
  put(todo('d'))
  expect(count.get()).toBe(4)
  await tick()
  expect(todos.subscriberCount).toBe(0)
})

test('a computed over it is right again after it was watched', async () => {
  const { todos, put } = openTodos(['a'])
  const all = toSignal(rows(todos), Signal)
  const count = new Signal.Computed(() => all.get().length)
  const stop = effect(() => void count.get())
  stop()
  put(todo('b'))
  expect(count.get()).toBe(2)
  await tick()
  put(todo('c'))
  expect(count.get()).toBe(3)
})

test('a watcher that leaves and comes back in one tick subscribes once', async () => {
  const starts = vi.fn(() => () => {})
  const signal = toSignal(createReadable({ get: () => 1, start: starts }), Signal)
  effect(() => void signal.get())()
  const stop = effect(() => void signal.get())
  await tick()
  stop()
  await tick()
  expect(starts).toHaveBeenCalledTimes(1)
})

test('an effect runs once for a batch over two signals, and not for an equal value', async () => {
  const { todos, put } = openTodos(['a', 'b'])
  const [a, b] = [toSignal(row(todos, 'a'), Signal), toSignal(row(todos, 'b'), Signal)]
  const log: string[] = []
  effect(() => void log.push(`${a.get()?.title}, ${b.get()?.title}`))
  put(todo('c'))
  await tick()
  batch(() => {
    put(todo('a', { title: 'A' }))
    expect(a.get()?.title).toBe('A')
    put(todo('b', { title: 'B' }))
  })
  await tick()
  expect(log).toEqual(['title a, title b', 'A, B'])
})
