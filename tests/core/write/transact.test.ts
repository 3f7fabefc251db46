import { transact } from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, test } from 'vitest'
import { joinOf, openBoth } from '../../support/both.ts'

test('a join never shows half a rollback of a transact', async () => {
  const both = await openBoth()
  const { database, lists, todos } = both
  const { states } = await joinOf(both)
  await database.execute(
    "CREATE TEMP TRIGGER refused BEFORE UPDATE ON ps_data__todos BEGIN SELECT RAISE(ABORT, 'refused'); END",
  )
  const write = transact(() => {
    lists.update('l', (draft) => {
      draft.name = 'v1'
    })
    todos.update('a', (draft) => {
      draft.title = 'v1'
    })
  })
  await expect(write.isPersisted.promise).rejects.toThrow('refused')
  expect(states).toEqual(['v1/v1', 'v0/v0'])
})

test('a join never shows anything of a transact that throws', async () => {
  const both = await openBoth()
  const { states } = await joinOf(both)
  const { lists, todos } = both
  const first = () => lists.update('l', (draft) => void (draft.name = 'v1'))
  const second = () => todos.update('a', (draft) => void (draft.title = 'v1'))
  const fail = () => {
    throw new Error('changed my mind')
  }
  for (const steps of [
    [first, fail, second],
    [first, second, fail],
  ]) {
    expect(() => transact(() => steps.forEach((step) => void step()))).toThrow('changed my mind')
  }
  expect(states).toEqual([])
  expect([lists.get('l')?.name, todos.get('a')?.title]).toEqual(['v0', 'v0'])
})

test('a transact that throws leaves a transaction that holds the same row alone', async () => {
  const { todos } = await openBoth()
  const other = createTransaction({ autoCommit: false, mutationFn: () => Promise.resolve() })
  other.mutate(() => todos.update('a', (draft) => void (draft.title = 'other')))
  expect(() =>
    transact(() => {
      todos.update('a', (draft) => void (draft.title = 'v1'))
      throw new Error('changed my mind')
    }),
  ).toThrow('changed my mind')
  expect(other.state).toBe('pending')
  expect(todos.get('a')?.title).toBe('other')
  other.rollback()
  await other.isPersisted.promise.catch(() => undefined)
})

test('what a subscriber wrote into a transact that throws is told why it came to nothing', async () => {
  const { lists, todos } = await openBoth()
  const failures: Promise<unknown>[] = []
  lists.subscribeChanges(() => {
    if (failures.length > 0) return
    const write = todos.update('b', (draft) => void (draft.title = 'answer'))
    failures.push(write.isPersisted.promise.catch((error: unknown) => error))
  })
  const error = new Error('changed my mind')
  expect(() =>
    transact(() => {
      lists.update('l', (draft) => void (draft.name = 'v1'))
      throw error
    }),
  ).toThrow(error)
  expect(await Promise.all(failures)).toEqual([error])
  expect(todos.get('b')?.title).toBe('v0')
})

test('what a subscriber writes while a transact that throws is taken back is kept', async () => {
  const { database, lists, todos } = await openBoth()
  const writes: Promise<unknown>[] = []
  lists.subscribeChanges(([change]) => {
    if (change?.value.name !== 'v0' || writes.length > 0) return
    const write = todos.update('b', (draft) => void (draft.title = 'kept'))
    writes.push(write.isPersisted.promise)
  })
  expect(() =>
    transact(() => {
      lists.update('l', (draft) => void (draft.name = 'v1'))
      throw new Error('changed my mind')
    }),
  ).toThrow('changed my mind')
  await Promise.all(writes)
  expect(writes).toHaveLength(1)
  expect(await database.get("SELECT title FROM todos WHERE id = 'b'")).toEqual({ title: 'kept' })
})
