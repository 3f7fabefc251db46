/** Several collections changed as one, on TanStack DB alone; `publish` and `transact` show it over SQLite. */
import { createLiveQueryCollection, createTransaction, eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import {
  ambientTransaction,
  mutateTogether,
  mutateWithin,
  publishTogether,
  rollbackTogether,
} from '../../../core/src/libraries/together.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'

/** Two collections, and what a join of them by id has shown since, one text a change. */
async function openPair() {
  vi.spyOn(console, 'warn').mockReturnValue() // of a join without an index
  onTestFinished(() => void vi.restoreAllMocks())
  const [left, right] = [openTodos(['a']), openTodos(['a'])]
  const both = createLiveQueryCollection((q) =>
    q
      .from({ l: left.todos })
      .join({ r: right.todos }, ({ l, r }) => eq(l.id, r.id), 'inner')
      .select(({ l, r }) => ({ id: l.id, left: l.title, right: r.title })),
  )
  await both.preload()
  const shown: string[] = []
  both.subscribeChanges(
    () => shown.push(both.toArray.map((row) => `${row.id}: ${row.left}, ${row.right}`).join('; ')),
    { includeInitialState: false },
  )
  return { left, right, shown }
}

const manual = () => createTransaction({ autoCommit: false, mutationFn: async () => {} })

test('sync commits of several collections are one change, and nobody’s transaction runs in them', async () => {
  const { left, right, shown } = await openPair()
  const ambient: unknown[] = []
  const errors = publishTogether([
    () => left.put(todo('a', { title: 'L' })),
    () => ambient.push(ambientTransaction()),
    () => right.put(todo('a', { title: 'R' })),
  ])
  expect([errors, ambient, shown]).toEqual([[], [undefined], ['a: L, R']])
})

test('a commit that throws is reported and keeps no other from being shown', async () => {
  const { left, right, shown } = await openPair()
  const error = new Error('of a subscriber')
  const errors = publishTogether([
    () => left.put(todo('a', { title: 'L' })),
    () => {
      throw error
    },
    () => right.put(todo('a', { title: 'R' })),
  ])
  expect([errors, shown]).toEqual([[error], ['a: L, R']])
})

test('what is written during a publication goes to the handlers of its collections, each by itself', async () => {
  const { left, right } = await openPair()
  const written: ReturnType<typeof left.todos.insert>[] = []
  publishTogether([
    () => written.push(left.todos.insert(todo('b'))),
    () => written.push(right.todos.insert(todo('c'))),
  ])
  const refused = new Error('refused')
  left.settle()
  right.settle(refused)
  expect(new Set(written).size).toBe(1)
  await expect(written[0]?.isPersisted.promise).rejects.toBe(refused)
  expect([left.todos.has('b'), right.todos.has('c')]).toEqual([false, false])
})

test('what throws in a transaction changes nothing, and live queries see nothing of it', async () => {
  const { left, right, shown } = await openPair()
  const transaction = manual()
  const error = new Error('no')
  const run = (): void =>
    mutateTogether(transaction, () => {
      left.todos.update('a', (draft) => void (draft.title = 'L'))
      right.todos.delete('a')
      throw error
    })
  expect(run).toThrow(error)
  await expect(transaction.isPersisted.promise).rejects.toBe(error)
  expect([left.todos.get('a')?.title, right.todos.get('a')?.title]).toEqual(['title a', 'title a'])
  expect(shown.filter((text) => text !== 'a: title a, title a')).toEqual([])
})

test('of a part that throws nothing stays, and all of the rest, also what it had merged with', async () => {
  const { left, right, shown } = await openPair()
  const transaction = manual()
  mutateTogether(transaction, () => {
    expect(ambientTransaction()).toBe(transaction)
    left.todos.update('a', (draft) => void (draft.title = 'kept'))
    const part = (): void =>
      mutateWithin(transaction, () => {
        left.todos.update('a', (draft) => void (draft.title = 'lost'))
        right.todos.insert(todo('b'))
        throw new Error('of the part')
      })
    expect(part).toThrow('of the part')
  })
  expect(transaction.mutations.map(({ type, modified }) => [type, modified])).toMatchObject([
    ['update', { title: 'kept' }],
  ])
  expect([left.todos.get('a')?.title, right.todos.has('b'), shown]).toEqual([
    'kept',
    false,
    ['a: kept, title a'],
  ])
  await transaction.commit()
})

test('a transaction over two collections is taken back as one change, and rejects with the cause', async () => {
  const { left, right, shown } = await openPair()
  const transaction = manual()
  mutateTogether(transaction, () => {
    left.todos.update('a', (draft) => void (draft.title = 'L'))
    right.todos.update('a', (draft) => void (draft.title = 'R'))
  })
  rollbackTogether(transaction, 'offline')
  await expect(transaction.isPersisted.promise).rejects.toMatchObject({
    message: 'offline',
    cause: 'offline',
  })
  expect(shown).toEqual(['a: L, R', 'a: title a, title a'])
})
