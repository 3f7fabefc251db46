import { createCollection } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { joinOf, openBoth, setBoth } from '../../support/both.ts'
import { eventually } from '../../support/eventually.ts'
import { slowAction } from '../../support/slow-action.ts'
import { logEvents, trackingObjects } from '../../support/todos.ts'

/** Replaces the platform's handler, which would fail the test run, and returns what it was given. */
function catchReported(): unknown[] {
  const reported: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => reported.push(error))
  onTestFinished(() => void vi.unstubAllGlobals())
  return reported
}

test('a join never shows half a SQLite commit', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  for (let step = 1; step <= 5; step++) await setBoth(both.database, `v${step}`)
  await eventually(() => expect(states.at(-1)).toBe('v5/v5'))
  for (const state of states) expect(state.split('/')[0]).toBe(state.split('/')[1])
})

test('a join never shows half a SQLite commit while a write of ours persists', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  for (let step = 1; step <= 10; step++) {
    const write = both.todos.update('b', (draft) => {
      draft.done = step
    })
    await setBoth(both.database, `v${step}`)
    await write.isPersisted.promise
  }
  await eventually(() => expect(states.at(-1)).toBe('v10/v10'))
  for (const state of states) expect(state.split('/')[0]).toBe(state.split('/')[1])
  expect(both.todos.get('b')?.done).toBe(10)
})

test('a join never shows half a SQLite commit that comes between another one and its drain', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  for (let step = 1; step <= 5; step++) {
    // The drain for the first commit takes the lock after the second, whose event it has not seen.
    const first = both.database.execute("UPDATE todos SET done = ? WHERE id = 'b'", [step])
    await Promise.all([first, setBoth(both.database, `v${step}`)])
  }
  await eventually(() => expect(states.at(-1)).toBe('v5/v5'))
  for (const state of states) expect(state.split('/')[0]).toBe(state.split('/')[1])
})

test('a join never shows half a SQLite commit while somebody’s slow action holds a collection', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  const action = slowAction(() =>
    both.todos.update('b', (draft) => void (draft.title = 'optimistic')),
  )
  await setBoth(both.database, 'v1')
  await setBoth(both.database, 'v2')
  await both.database.execute("UPDATE todos SET done = 1 WHERE id = 'b'")
  expect(states.at(-1)).toBe('v0/v0')
  await action.end()
  await eventually(() => expect(states.at(-1)).toBe('v2/v2'))
  for (const state of states) expect(state.split('/')[0]).toBe(state.split('/')[1])
})

test('a collection that is held too long is left out and says so; the others go on', async () => {
  const { database, todos, lists } = await openBoth()
  const action = slowAction(() => todos.update('b', (draft) => void (draft.title = 'optimistic')))
  await setBoth(database, 'v1')
  await eventually(() => expect(lists.get('l')?.name).toBe('v1'))
  expect(todos.utils.isHeld()).toBe(true)
  expect(todos.get('a')?.title).toBe('v0')
  await action.end()
  await eventually(() => expect(todos.get('a')?.title).toBe('v1'))
  expect(todos.utils.isHeld()).toBe(false)
})

test('a collection that is read while a slow action holds another is ready when both show one commit', async () => {
  const { database, lists, todos } = await openBoth()
  const action = slowAction(() => lists.insert({ id: 'm', name: 'mine' }))
  await todos.cleanup()
  await setBoth(database, 'v1')
  const atReady: unknown[] = []
  todos.onFirstReady(() => atReady.push(todos.get('a')?.title, lists.get('l')?.name))
  todos.startSyncImmediate()
  await eventually(() => expect(todos.has('a')).toBe(true))
  await action.end()
  await eventually(() => expect(atReady).toEqual(['v1', 'v1']))
})

test('a collection that a slow action wrote to is ready when it shows its rows, or says that they are held', async () => {
  const { database, todos } = await openBoth()
  await todos.cleanup()
  todos.startSyncImmediate()
  const quick = slowAction(() => todos.insert({ id: 'quick', title: 'mine' }))
  const sizes: number[] = []
  todos.onFirstReady(() => sizes.push(todos.size))
  await eventually(async () => expect(await trackingObjects(database)).toHaveLength(8))
  await database.writeLock(() => Promise.resolve()) // behind that of the read
  await quick.end()
  await eventually(() => expect(sizes).toEqual([2]))

  await todos.cleanup()
  todos.startSyncImmediate()
  const slow = slowAction(() => todos.insert({ id: 'slow', title: 'mine' }))
  await eventually(() => expect(todos.status).toBe('ready'))
  expect([todos.size, todos.utils.isHeld()]).toEqual([1, true])
  await slow.end()
  expect([todos.size, todos.utils.isHeld()]).toEqual([2, false])
})

test('a change is one event, and an equal row none', async () => {
  const { database, todos } = await openBoth()
  const log = logEvents(todos)
  const before = todos.get('a')
  await database.execute("INSERT OR REPLACE INTO todos(id, title, list_id) VALUES ('a', 'v0', 'l')")
  await database.execute("UPDATE todos SET title = 'v1' WHERE id = 'b'")
  await eventually(() => expect(log).toEqual(['update b title=v1']))
  expect(todos.get('a')).toBe(before)
})

test('overlapping writes of ours never step back', async () => {
  const { todos, database } = await openBoth()
  const seen: unknown[] = []
  todos.subscribeChanges(() => {
    const title = todos.get('a')?.title
    if (title !== seen.at(-1)) seen.push(title)
  })
  const writes = ['w1', 'w2', 'w3', 'w4'].map((title) =>
    todos.update('a', (draft) => {
      draft.title = title
    }),
  )
  await Promise.all(writes.map((write) => write.isPersisted.promise))
  await database.execute("UPDATE todos SET title = 'last' WHERE id = 'b'")
  await eventually(() => expect(todos.get('b')?.title).toBe('last'))
  expect(seen).toEqual(['w1', 'w2', 'w3', 'w4'])
})

test('a row that others change while our write of another row persists is shown', async () => {
  const { database, todos } = await openBoth()
  const outside = database.execute("UPDATE todos SET title = 'theirs' WHERE id = 'a'")
  const ours = todos.update('b', (draft) => {
    draft.title = 'ours'
  })
  await Promise.all([outside, ours.isPersisted.promise])
  await eventually(() => expect(todos.get('a')?.title).toBe('theirs'))
  expect(todos.get('b')?.title).toBe('ours')
})

test('a row that others change is not lost when our write at that time rolls back', async () => {
  const { database, todos } = await openBoth()
  await database.execute(
    "CREATE TRIGGER refuse BEFORE DELETE ON ps_data__todos BEGIN SELECT RAISE(ABORT, 'refused'); END",
  )
  const outside = database.execute("UPDATE todos SET title = 'theirs' WHERE id = 'a'")
  const ours = todos.delete('b')
  await outside
  await expect(ours.isPersisted.promise).rejects.toThrow('refused')
  await eventually(() => expect(todos.get('a')?.title).toBe('theirs'))
  expect(todos.get('b')?.title).toBe('v0')
})

test('a write that a subscriber makes during a publication is persisted exactly once', async () => {
  const { database, todos, lists } = await openBoth()
  todos.subscribeChanges((changes) => {
    if (changes.some((change) => change.value.title === 'v1')) {
      lists.insert({ id: 'from-subscriber', name: 'n' })
      todos.update('b', (draft) => {
        draft.title = 'from subscriber'
      })
    }
  })
  await setBoth(database, 'v1')
  await eventually(async () => {
    const crud = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
    const written = crud
      .map(({ data }) => JSON.parse(data))
      .filter((entry) => entry.id !== 'a' && entry.data?.list_id === undefined)
    expect(written.map((entry) => `${entry.op} ${entry.type} ${entry.id}`).sort()).toEqual([
      'PATCH lists l',
      'PATCH todos b',
      'PUT lists from-subscriber',
      'PUT lists l',
    ])
  })
  expect(lists.get('from-subscriber')?.name).toBe('n')
  expect(todos.get('b')?.title).toBe('from subscriber')
})

test('a subscriber’s write that fails does not undo another subscriber’s', async () => {
  const { database, todos, lists } = await openBoth()
  await database.execute(
    "CREATE TRIGGER refuse BEFORE DELETE ON ps_data__todos BEGIN SELECT RAISE(ABORT, 'refused'); END",
  )
  const failures: unknown[] = []
  const onV1 = (write: () => void) =>
    todos.subscribeChanges((changes) => {
      if (changes.some((change) => change.value.title === 'v1')) write()
    })
  onV1(
    () =>
      void todos.delete('b').isPersisted.promise.catch((error: unknown) => failures.push(error)),
  )
  onV1(
    () => void lists.insert({ id: 'kept', name: 'n' }).isPersisted.promise.catch(() => undefined),
  )
  await setBoth(database, 'v1')
  await eventually(() => expect(failures).toHaveLength(1))
  expect(await database.getAll("SELECT id FROM lists WHERE id = 'kept'")).toHaveLength(1)
  await eventually(() => expect(lists.has('kept')).toBe(true))
  expect(todos.has('b')).toBe(true)
})

test('a subscriber that throws leaves no table stale, not even for a moment', async () => {
  const reported = catchReported()
  const { database, todos, lists } = await openBoth()
  let inPublication = false
  const shownTogether: boolean[] = []
  todos.subscribeChanges(
    () => {
      inPublication = true
      queueMicrotask(() => (inPublication = false))
      throw new Error('subscriber')
    },
    { includeInitialState: false },
  )
  lists.subscribeChanges(() => shownTogether.push(inPublication), { includeInitialState: false })
  await setBoth(database, 'v1')
  await eventually(() => expect(lists.get('l')?.name).toBe('v1'))
  expect(todos.get('a')?.title).toBe('v1')
  await setBoth(database, 'v2')
  await eventually(() => expect(lists.get('l')?.name).toBe('v2'))
  expect(todos.get('a')?.title).toBe('v2')
  expect(shownTogether).toEqual([true, true])
  expect(reported.map((error) => (error as Error).message)).toEqual(['subscriber', 'subscriber'])
})

test('a subscriber’s write to a collection without a handler is an error, not a silent loss', async () => {
  const { database, todos } = await openBoth()
  const other = createCollection<{ id: string }, string>({
    id: 'other',
    getKey: (row) => row.id,
    startSync: true,
    sync: { sync: ({ markReady }) => markReady() },
  })
  const failures: Error[] = []
  todos.subscribeChanges((changes) => {
    if (!changes.some((change) => change.value.title === 'v1')) return
    other.insert({ id: 'x' }).isPersisted.promise.catch((error: Error) => failures.push(error))
  })
  await setBoth(database, 'v1')
  await eventually(() => expect(failures[0]).toMatchObject({ code: 'no-handler' }))
  expect(other.has('x')).toBe(false)
})

test('a row that we delete does not come back because somebody else has deleted it before', async () => {
  const { database, todos, lists } = await openBoth()
  const log = logEvents(todos)
  const action = slowAction(() => lists.update('l', (draft) => void (draft.name = 'held')))
  // One commit of theirs over both tables: it is drained, and waits for the slow action that holds the lists.
  await database.writeTransaction(async (lock) => {
    await lock.execute("DELETE FROM todos WHERE id = 'a'")
    await lock.execute("UPDATE lists SET name = 'theirs' WHERE id = 'l'")
  })
  const tracking = (await trackingObjects(database)).filter((name) =>
    /^rowsignal_.*_\d+$/.test(name),
  )
  await eventually(async () => {
    for (const table of tracking) {
      expect(await database.getAll(`SELECT id FROM ${table}`)).toEqual([])
    }
  })
  await todos.delete('a').isPersisted.promise
  expect(todos.has('a')).toBe(false)
  await action.end()
  expect(log).toEqual(['delete a title=v0'])
})
