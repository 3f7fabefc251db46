/** What apps test with: without the help that the other tests here have of `support/engine.ts`. */
import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection } from '@rowsignal/core'
import { openTestDatabase } from '@rowsignal/core/testing'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'

const schema = new Schema({ todos: new Table({ title: column.text }) })

/** As Node's own. */
const fetchOfNode = (): Promise<Response> => Promise.reject(new TypeError('fetch failed'))

const withHelp = globalThis.fetch
beforeAll(() => void (globalThis.fetch = fetchOfNode))
afterAll(() => void (globalThis.fetch = withHelp))

async function openTodos() {
  const database = await openTestDatabase(schema)
  onTestFinished(() => database.close())
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  return { database, todos }
}

test('a collection of a test database reads and writes real SQLite', async () => {
  const { database, todos } = await openTodos()
  await todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  expect(await database.getAll('SELECT * FROM todos')).toEqual([{ id: 'a', title: 'Pack' }])
  await todos.update('a', (draft) => void (draft.title = 'Go')).isPersisted.promise
  expect(await database.getAll('SELECT title FROM todos')).toEqual([{ title: 'Go' }])
  expect(await database.getNextCrudTransaction()).toMatchObject({ crud: [{ op: 'PUT' }] })
})

test('two test databases share nothing', async () => {
  const [one, other] = await Promise.all([openTodos(), openTodos()])
  await one.todos.insert({ id: 'a', title: 'Pack' }).isPersisted.promise
  expect(other.todos.size).toBe(0)
  expect(await other.database.getAll('SELECT * FROM todos')).toEqual([])
})

test('the fetch of the app is the same afterwards', async () => {
  await Promise.all([openTodos(), openTodos()])
  expect(globalThis.fetch).toBe(fetchOfNode)
})
