import { createPowerSyncCollection, PowerSyncTransactor, transact } from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/todos.ts'

async function openBoth() {
  const database = await openDatabase(schema)
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const titles = (): Promise<unknown[]> => database.getAll('SELECT id, title FROM todos')
  return { database, lists, todos, titles }
}

test('an update made after a transact over two tables is not lost', async () => {
  const { lists, todos, titles } = await openBoth()
  await Promise.all([lists.preload(), todos.preload()])
  const both = transact(() => {
    lists.insert({ id: 'l', name: 'Trip' })
    todos.insert({ id: 'a', title: 'Pack' })
  })
  const update = todos.update('a', (draft) => {
    draft.title = 'Packed'
  })
  await Promise.all([both.isPersisted.promise, update.isPersisted.promise])
  expect(await titles()).toEqual([{ id: 'a', title: 'Packed' }])
  expect(todos.get('a')).toMatchObject({ title: 'Packed' })
})

test('a write to a table whose trigger is not there yet lets no later write pass', async () => {
  const { database, lists, todos } = await openBoth()
  await todos.preload()
  const first = lists.insert({ id: 'l', name: 'Trip' })
  const second = todos.insert({ id: 'a', title: 'Pack' })
  await Promise.all([first.isPersisted.promise, second.isPersisted.promise])
  const crud = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
  expect(crud.map(({ data }) => (JSON.parse(data) as { id: string }).id)).toEqual(['l', 'a'])
})

test('an update that a subscriber makes in answer to an insert is not lost', async () => {
  const { todos, titles } = await openBoth()
  await todos.preload()
  let update: ReturnType<typeof todos.update> | undefined
  todos.subscribeChanges(
    () => {
      update ??= todos.update('a', (draft) => {
        draft.title = 'Packed'
      })
    },
    { includeInitialState: false },
  )
  const insert = todos.insert({ id: 'a', title: 'Pack' })
  await Promise.all([insert.isPersisted.promise, update?.isPersisted.promise])
  expect(await titles()).toEqual([{ id: 'a', title: 'Packed' }])
  expect(todos.get('a')).toMatchObject({ title: 'Packed' })
})

test('an update that a subscriber makes in answer to an update comes after it', async () => {
  const { todos, titles } = await openBoth()
  await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  let answer: ReturnType<typeof todos.update> | undefined
  todos.subscribeChanges(
    () => {
      answer ??= todos.update('a', (draft) => {
        draft.title = 'Answer'
      })
    },
    { includeInitialState: false },
  )
  const update = todos.update('a', (draft) => {
    draft.title = 'Question'
  })
  await Promise.all([update.isPersisted.promise, answer?.isPersisted.promise])
  expect(await titles()).toEqual([{ id: 'a', title: 'Answer' }])
  expect(todos.get('a')).toMatchObject({ title: 'Answer' })
})

test('a manual transaction made before an insert and committed after it writes after it', async () => {
  const { database, todos, titles } = await openBoth()
  await todos.preload()
  const transactor = new PowerSyncTransactor({ database })
  const manual = createTransaction({
    autoCommit: false,
    mutationFn: ({ transaction }) => transactor.applyTransaction(transaction),
  })
  const insert = todos.insert({ id: 'a', title: 'Pack' })
  manual.mutate(() => {
    todos.update('a', (draft) => {
      draft.title = 'Packed'
    })
  })
  await Promise.all([insert.isPersisted.promise, manual.commit()])
  expect(await titles()).toEqual([{ id: 'a', title: 'Packed' }])
})

test('a write whose trigger cannot be made is refused and holds no other up', async () => {
  const { database, lists, todos } = await openBoth()
  await todos.preload()
  await database.execute('ALTER TABLE ps_data__lists RENAME TO elsewhere')
  const refused = lists.insert({ id: 'l', name: 'Trip' })
  const next = todos.insert({ id: 'a', title: 'Pack' })
  await expect(refused.isPersisted.promise).rejects.toThrow()
  await next.isPersisted.promise
  await database.execute('ALTER TABLE elsewhere RENAME TO ps_data__lists')
  lists.utils.retry()
  await eventually(() => expect(lists.status).toBe('ready'))
  expect(lists.size).toBe(0)
})
