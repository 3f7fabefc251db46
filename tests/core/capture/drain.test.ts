import { createPowerSyncCollection } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import { createTransaction } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openThreeTodos } from '../../support/three-todos.ts'
import { insertTodos, logEvents, schema } from '../../support/todos.ts'

/** Counts the write locks that are taken from now on. */
function countLocks(database: PowerSyncDatabase): () => number {
  const take = vi.spyOn(database, 'writeLock')
  return () => take.mock.calls.length
}

test('a drain does not set off another', async () => {
  const { database, todos } = await openThreeTodos()
  const locks = countLocks(database)
  await database.execute("UPDATE todos SET title = 'once' WHERE id = 't000001'")
  await eventually(() => expect(todos.get('t000001')?.title).toBe('once'))
  // Each takes its turn behind whatever a drain may have queued.
  for (let turn = 0; turn < 3; turn++) await database.execute('SELECT 1')
  expect(locks()).toBe(1 + 1 + 3) // the write, its drain, the turns
})

test('one commit of many statements is one publication', async () => {
  const { database, todos } = await openThreeTodos()
  let calls = 0
  todos.subscribeChanges(() => calls++, { includeInitialState: false })
  await database.writeTransaction(async (tx) => {
    for (const id of ['t000000', 't000001', 't000002']) {
      await tx.execute('UPDATE todos SET done = 1 WHERE id = ?', [id])
      await tx.execute("UPDATE todos SET title = 'x' WHERE id = ?", [id])
    }
  })
  await eventually(() => expect(todos.get('t000002')?.title).toBe('x'))
  expect(calls).toBe(1)
})

test('a row that is inserted and deleted before the drain is no event', async () => {
  const { database, todos } = await openThreeTodos()
  const log = logEvents(todos)
  await database.writeTransaction(async (tx) => {
    await tx.execute("INSERT INTO todos(id, title) VALUES ('brief', 'x')")
    await tx.execute("DELETE FROM todos WHERE id = 'brief'")
    await tx.execute("UPDATE todos SET title = 'y' WHERE id = 't000000'")
  })
  await eventually(() => expect(log).toEqual(['update t000000 title=y']))
})

test('a drain whose answer is lost is made good by reading the table again', async () => {
  const { database, todos } = await openThreeTodos()
  const real = database.writeLock.bind(database)
  vi.spyOn(database, 'writeLock')
    .mockImplementationOnce(real) // the write below
    .mockImplementationOnce(async (run) => {
      await real(run) // the records are read and gone
      throw new Error('the worker died')
    })
  await database.execute(
    "UPDATE todos SET title = 'found' WHERE id = 't000001'; DELETE FROM todos WHERE id = 't000002'",
  )
  await eventually(() => expect(todos.get('t000001')?.title).toBe('found'))
  await eventually(() => expect(todos.has('t000002')).toBe(false))
  expect(todos.status).toBe('ready')
})

test('a drain that finds more than a text can hold is made good by reading the table again', async () => {
  const { database, todos } = await openThreeTodos()
  const second = createPowerSyncCollection({ database, table: schema.props.todos })
  await second.preload()
  const real = database.writeLock.bind(database)
  let refused = 0
  vi.spyOn(database, 'writeLock').mockImplementation((run) =>
    real((lock) => {
      const getAll = lock.getAll.bind(lock)
      vi.spyOn(lock, 'getAll').mockImplementation(async (sql, parameters) => {
        const found = await getAll<object>(sql, parameters)
        const changed = found.flatMap((row) => ('changed' in row ? [String(row.changed)] : []))
        if (changed.every((text) => text.length < 1000)) return found
        refused++
        throw new RangeError('Invalid string length') // as V8 does, beyond 512 M characters
      })
      return run(lock)
    }),
  )
  await database.execute('DELETE FROM todos')
  await insertTodos(database, 100)
  for (const collection of [todos, second]) {
    await eventually(() => expect(collection.size).toBe(100))
    await eventually(() => expect(collection.status).toBe('ready'))
  }
  expect(refused).toBeGreaterThan(0)
  await database.execute("UPDATE todos SET title = 'later' WHERE id = 't000001'")
  await eventually(() => expect(second.get('t000001')?.title).toBe('later'))
  expect(todos.get('t000001')?.title).toBe('later')
})

test('what a slow action held back does not come over a newer read', async () => {
  const { database, todos } = await openThreeTodos()
  let finish = (): void => undefined
  const action = createTransaction({
    autoCommit: false,
    mutationFn: () => new Promise<void>((resolve) => (finish = resolve)),
  })
  action.mutate(() =>
    todos.update('t000000', (draft) => {
      draft.done = 1
    }),
  )
  const acted = action.commit()
  const real = database.writeLock.bind(database)
  const take = vi.spyOn(database, 'writeLock')
  await database.execute("UPDATE todos SET title = 'older' WHERE id = 't000001'")
  await eventually(() => expect(take).toHaveBeenCalledTimes(2)) // the write and its drain: `older` waits for the action
  vi.spyOn(database, 'writeLock')
    .mockImplementationOnce(real)
    .mockImplementationOnce(async (run) => {
      await real(run)
      throw new Error('the worker died')
    })
  await database.execute("UPDATE todos SET title = 'newer' WHERE id = 't000001'")
  await eventually(() => expect(take.mock.calls.length).toBeGreaterThanOrEqual(5)) // and the read that makes it good
  finish()
  await acted
  await eventually(() => expect(todos.get('t000001')?.title).toBe('newer'))
  await database.execute("UPDATE todos SET title = 'x' WHERE id = 't000002'")
  await eventually(() => expect(todos.get('t000002')?.title).toBe('x'))
  expect(todos.get('t000001')?.title).toBe('newer')
})

test('rows that the sync brings as delete and insert of one id are one update', async () => {
  const { database, todos } = await openThreeTodos()
  const log = logEvents(todos)
  await database.writeTransaction(async (tx) => {
    await tx.execute("DELETE FROM ps_data__todos WHERE id = 't000001'")
    await tx.execute(
      `INSERT INTO ps_data__todos(id, data) VALUES ('t000001', '{"title":"synced","id":"t000001"}')`,
    )
  })
  await eventually(() => expect(log).toEqual(['update t000001 title=synced']))
  expect(Object.keys(todos.get('t000001') ?? {}).filter((name) => !name.startsWith('$'))).toEqual([
    'id',
    'title',
    'done',
    'list_id',
    'weight',
  ])
})
