/** Which queries TanStack DB warns of in development, and what the guide says to do then. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { BasicIndex, createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'

/** Lists and todos with these options, and what is said on the console from now on. */
async function openTables(options: object) {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO lists(id, name) VALUES ('l', 'Trip'), ('m', 'Home')")
  await database.execute(
    "INSERT INTO todos(id, title, list_id) VALUES ('a', 'Pack', 'l'), ('b', 'Go', 'l'), ('c', 'Rest', 'm')",
  )
  const { lists: listTable, todos: todoTable } = schema.props
  const lists = createPowerSyncCollection({ database, table: listTable, ...options })
  const todos = createPowerSyncCollection({ database, table: todoTable, ...options })
  await Promise.all([lists.preload(), todos.preload()])
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  onTestFinished(() => warn.mockRestore())
  return { lists, todos, warnings: () => warn.mock.calls.map(([text]) => String(text)) }
}

type Tables = Awaited<ReturnType<typeof openTables>>

const todosOfList = ({ lists, todos }: Tables) =>
  createLiveQueryCollection((q) =>
    q
      .from({ list: lists })
      .where(({ list }) => eq(list.name, 'Trip'))
      .innerJoin({ todo: todos }, ({ list, todo }) => eq(list.id, todo.list_id))
      .select(({ todo }) => ({ id: todo.id })),
  )

const listsOfTodos = ({ lists, todos }: Tables) =>
  createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .leftJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id))
      .select(({ todo, list }) => ({ id: todo.id, list: list?.name })),
  )

const firstTitles = ({ todos }: Tables) =>
  createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.title)
      .limit(2),
  )

const indexed = { autoIndex: 'eager', defaultIndexType: BasicIndex } as const

test('a join by id warns of nothing', async () => {
  const tables = await openTables({})
  const query = listsOfTodos(tables)
  await query.preload()
  expect(query.toArray).toHaveLength(3)
  expect(tables.warnings()).toEqual([])
})

test('a join by another column, and a limit after an order, warn when there is no index', async () => {
  const tables = await openTables({})
  await todosOfList(tables).preload()
  await firstTitles(tables).preload()
  expect(tables.warnings().some((text) => /index on "list_id"/.test(text))).toBe(true)
  expect(tables.warnings().some((text) => /index on "title"/.test(text))).toBe(true)
})

test('with autoIndex they warn of nothing, also after the collection has started again', async () => {
  const tables = await openTables(indexed)
  for (let start = 0; start < 2; start++) {
    const queries = [todosOfList(tables), firstTitles(tables), listsOfTodos(tables)]
    await Promise.all(queries.map((query) => query.preload()))
    const ids = queries.map((query) => query.toArray.map(({ id }) => id).toSorted())
    expect(ids).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b', 'c'],
    ])
    for (const query of queries) await query.cleanup()
    await tables.todos.cleanup()
    await tables.todos.preload()
  }
  expect(tables.warnings()).toEqual([])
})
