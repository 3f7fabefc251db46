import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection, row, rows, syncStatus } from '@rowsignal/core'
import { createCollection, createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { allowedBytes, bytesOfOurs } from '../support/heap.ts'
import { useTabLocks } from '../support/tab-locks.ts'
import { insertTodos, schema, trackingObjects } from '../support/todos.ts'

interface Observed {
  readonly listeners: ReadonlySet<unknown>
}

/** What is left open, but for the heap. */
async function open(database: PowerSyncDatabase) {
  const adapter = database.database as unknown as { readonly resolvedWriter: Observed }
  return {
    ofDatabase: (database as unknown as Observed).listeners.size,
    ofAdapter: adapter.resolvedWriter.listeners.size,
    timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length,
    tracking: await trackingObjects(database),
  }
}

/** Everything that an app makes over a collection and lets go. */
async function useOnce(database: PowerSyncDatabase): Promise<void> {
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const query = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 0)),
  )
  const stops = [
    rows(todos).subscribe(() => undefined),
    rows(query).listen(() => undefined),
    row(todos, 't000001').subscribe(() => undefined),
    syncStatus(database).subscribe(() => undefined),
  ]
  const subscription = todos.subscribeChanges(() => undefined)
  await query.preload()
  if (rows(todos).get().length !== 3) throw new Error('nothing was read')
  subscription.unsubscribe()
  for (const stop of stops) stop()
  await query.cleanup()
  await todos.cleanup()
}

/** The same without us: the SDK's trigger and TanStack DB's collections. */
async function useOthersOnce(database: PowerSyncDatabase, round: number): Promise<void> {
  const remove = await database.triggers.createDiffTrigger({
    source: 'todos',
    destination: `control_${round}`,
    columns: [],
    when: { INSERT: 'TRUE', UPDATE: 'TRUE', DELETE: 'TRUE' },
  })
  const todos = createCollection<{ id: string; done: number }, string>({
    getKey: (todo) => todo.id,
    sync: {
      rowUpdateMode: 'full',
      sync({ begin, write, commit, markReady }) {
        begin()
        for (const id of ['a', 'b', 'c']) write({ type: 'insert', value: { id, done: 0 } })
        void commit()
        markReady()
      },
    },
  })
  const query = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 0)),
  )
  const subscriptions = [
    todos.subscribeChanges(() => undefined),
    query.subscribeChanges(() => undefined),
  ]
  await query.preload()
  for (const subscription of subscriptions) subscription.unsubscribe()
  await query.cleanup()
  await todos.cleanup()
  await remove()
}

test('a database holds one lock between tabs, however many collections there were, until it closes', async () => {
  const { held } = useTabLocks()
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  for (let round = 0; round < 5; round++) await useOnce(database)
  expect(held()).toHaveLength(1)
  await database.close()
  await eventually(() => expect(held()).toEqual([]))
})

test('a thousand collections leave no listener, timer, trigger or memory behind', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  await useOnce(database)
  const before = await open(database)
  let round = 0
  const ours = await bytesOfOurs(
    () => useOnce(database),
    () => useOthersOnce(database, round++),
  )
  const { timers, ...left } = await open(database)
  expect(left).toEqual({
    ofDatabase: before.ofDatabase,
    ofAdapter: before.ofAdapter,
    tracking: [],
  })
  expect(timers).toBeLessThanOrEqual(before.timers)
  process.stdout.write(`heap a round: ${ours.toFixed(0)} bytes\n`)
  expect(ours).toBeLessThanOrEqual(allowedBytes)
})
