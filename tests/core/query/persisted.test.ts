import { createLiveQueryView } from '@rowsignal/core/host'
import {
  createCollection,
  createLiveQueryObserver,
  eq,
  type InitialQueryBuilder,
} from '@tanstack/db'
import { expect, onTestFinished, test } from 'vitest'
import { createPlainHost } from '../../support/plain-host.ts'
import { openTodos, type Todo } from '../../support/synced-collection.ts'

const is015 = process.env['TANSTACK_DB'] === '0.15'

/** A collection as an adapter of TanStack DB's persistence makes it. */
function openPersisted() {
  let now: { status: 'loading' | 'ready' | 'error'; error?: unknown } = { status: 'loading' }
  const listeners = new Set<() => void>()
  const source = {
    networkTimeoutMs: 0,
    getOrStartNetworkDeadline: () => 0,
    getSnapshot: () => now,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const collection = createCollection<Todo, string>({
    getKey: (row) => row.id,
    sync: { sync: ({ markReady }) => markReady() },
    [Symbol.for('@tanstack/db.persistedReadiness')]: source,
  })
  const tell = (next: typeof now): void => {
    now = next
    listeners.forEach((listener) => listener())
  }
  return { collection, tell, listeners }
}

test('a live query says what the persistence of its collections says, as TanStack DB’s observer does', () => {
  const { collection, tell, listeners } = openPersisted()
  let triggered = 0
  const { host, update, stop } = createPlainHost(() => triggered++)
  const { view } = createLiveQueryView(
    host,
    () => (q: InitialQueryBuilder) => q.from({ todo: collection }),
  )
  update()
  const told = () => [view.persistedStatus, view.isPersistedReady, view.persistedError]
  const observer = createLiveQueryObserver(view.collection)
  onTestFinished(observer.subscribe(() => {}))
  const official = () => {
    const { persistedStatus, isPersistedReady, persistedError } = observer.getSnapshot()
    return [persistedStatus, isPersistedReady, persistedError]
  }
  const failed = new Error('no space')
  for (const [next, expected] of [
    [{ status: 'loading' }, ['loading', false, undefined]],
    [{ status: 'ready' }, ['ready', true, undefined]],
    [{ status: 'error', error: failed }, ['error', false, failed]],
  ] as const) {
    tell(next)
    expect(told()).toEqual(expected)
    if (is015) expect(official()).toEqual(expected)
  }
  expect(triggered).toBeGreaterThanOrEqual(2)
  const others = listeners.size
  stop()
  expect(listeners.size).toBe(others - 1)
})

test('without a persistence in each collection that it reads, it is unavailable', () => {
  const { todos } = openTodos(['a'])
  const { collection } = openPersisted()
  const { host, update } = createPlainHost()
  const queries = [
    (q: InitialQueryBuilder) => q.from({ todo: todos }),
    (q: InitialQueryBuilder) =>
      q
        .from({ todo: collection })
        .leftJoin({ other: todos }, ({ todo, other }) => eq(todo.id, other.id)),
    () => todos,
    () => undefined,
  ]
  for (const query of queries) {
    const { view } = createLiveQueryView(host, () => query)
    update()
    expect([view.persistedStatus, view.isPersistedReady]).toEqual(['unavailable', false])
  }
})
