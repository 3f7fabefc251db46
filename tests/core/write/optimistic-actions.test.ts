/** TanStack DB's own ways to write, over our collections. */
import { createPowerSyncCollection, PowerSyncTransactor } from '@rowsignal/core'
import {
  createOptimisticAction,
  createPacedMutations,
  debounceStrategy,
  queueStrategy,
} from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { logEvents, schema } from '../../support/todos.ts'

async function openTodos() {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO todos(id, title, done) VALUES ('a', 'Pack', 0)")
  await database.execute('DELETE FROM ps_crud')
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  const queued = async (): Promise<unknown[]> => {
    const rows = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
    return rows.map(({ data }) => JSON.parse(data) as unknown)
  }
  const transactor = new PowerSyncTransactor({ database })
  /** Typing into the title, written when nothing has been typed for `wait` ms. */
  const typing = (wait: number) =>
    createPacedMutations<string>({
      onMutate: (title) => {
        todos.update('a', (draft) => {
          draft.title = title
        })
      },
      mutationFn: async ({ transaction }) => {
        await transactor.applyTransaction(transaction)
      },
      strategy: debounceStrategy({ wait }),
    })
  return { database, todos, queued, transactor, typing }
}

test('an optimistic action is persisted by the transactor, as one event', async () => {
  const { todos, queued, transactor } = await openTodos()
  const log = logEvents(todos)
  const complete = createOptimisticAction<string>({
    onMutate: (id) => {
      todos.update(id, (draft) => {
        draft.title = 'Packed'
      })
    },
    mutationFn: async (_id, { transaction }) => {
      await transactor.applyTransaction(transaction)
    },
  })
  await complete('a').isPersisted.promise
  expect(todos.get('a')).toMatchObject({ title: 'Packed', $synced: true })
  expect(log[0]).toBe('update a title=Packed')
  expect(new Set(log)).toEqual(new Set(['update a title=Packed']))
  expect(await queued()).toMatchObject([{ op: 'PATCH', id: 'a', data: { title: 'Packed' } }])
})

test('an optimistic action whose server call fails before the write changes nothing', async () => {
  const { todos, queued } = await openTodos()
  const complete = createOptimisticAction<string>({
    onMutate: (id) => {
      todos.update(id, (draft) => {
        draft.title = 'Packed'
      })
    },
    mutationFn: () => Promise.reject(new Error('refused')),
  })
  const action = complete('a')
  expect(todos.get('a')).toMatchObject({ title: 'Packed' })
  await expect(action.isPersisted.promise).rejects.toThrow('refused')
  expect(todos.get('a')).toMatchObject({ title: 'Pack' })
  expect(await queued()).toEqual([])
})

test('debounced writes are shown at once and queued as one', async () => {
  const { todos, queued, typing } = await openTodos()
  const log = logEvents(todos)
  const type = typing(20)
  type('P')
  type('Pa')
  const last = type('Pac')
  expect(todos.get('a')).toMatchObject({ title: 'Pac' })
  await last.isPersisted.promise
  expect(todos.get('a')).toMatchObject({ title: 'Pac', $synced: true })
  expect(await queued()).toMatchObject([{ op: 'PATCH', id: 'a', data: { title: 'Pac' } }])
  expect(log.slice(0, 3)).toEqual(['P', 'Pa', 'Pac'].map((title) => `update a title=${title}`))
  expect(log.slice(3).every((line) => line === 'update a title=Pac')).toBe(true)
})

test('a change from outside during a debounce is not lost and does not undo what is typed', async () => {
  const { database, todos, typing } = await openTodos()
  const type = typing(50)
  const typed = type('Pack well')
  await database.execute("INSERT INTO todos(id, title) VALUES ('b', 'Go')")
  await eventually(() => expect(todos.has('b')).toBe(true))
  expect(todos.get('a')).toMatchObject({ title: 'Pack well' })
  await typed.isPersisted.promise
  expect(todos.get('a')).toMatchObject({ title: 'Pack well', $synced: true })
})

test('queued writes reach the upload queue each, in order', async () => {
  const { todos, queued, transactor } = await openTodos()
  const add = createPacedMutations<string>({
    onMutate: (id) => {
      todos.insert({ id, title: `todo ${id}` })
    },
    mutationFn: async ({ transaction }) => {
      await transactor.applyTransaction(transaction)
    },
    strategy: queueStrategy({ wait: 1, addItemsTo: 'back', getItemsFrom: 'front' }),
  })
  const writes = ['x', 'y', 'z'].map((id) => add(id))
  await Promise.all(writes.map((write) => write.isPersisted.promise))
  expect(await queued()).toMatchObject([{ id: 'x' }, { id: 'y' }, { id: 'z' }])
  expect(todos.toArray.every((row) => row.$synced)).toBe(true)
})
