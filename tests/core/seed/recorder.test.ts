import { createPowerSyncCollection, liveQuery } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { namesOf, Recorder } from '../../../core/src/seed/recorder.ts'
import { openDatabase } from '../../support/database.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'
import { schema } from '../../support/todos.ts'

async function open(ids: readonly string[]) {
  const database = await openDatabase(schema)
  for (const id of ids) await database.execute('INSERT INTO todos(id) VALUES (?)', [id])
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  return { database, todos, asked: todos as never }
}

const idsOf = (recorder: Recorder) =>
  Object.fromEntries([...recorder.record()].map(([name, { keys }]) => [name, keys.join('')]))

test('a collection is named by its table and its id, a query by its key, anything else by nothing', async () => {
  const { database, todos, asked } = await open([])
  const other = createPowerSyncCollection({ database, table: schema.props.todos, id: 'other' })
  const query = liveQuery((q) => q.from({ todo: todos }), { queryKey: ['all'] })
  expect(namesOf(asked, false)).toEqual(['table ["todos",null]'])
  expect(namesOf(other as never, false)).toEqual(['table ["todos","other"]'])
  expect(namesOf(query as never, true)).toEqual(['row of query ["all"]', 'query ["all"]'])
  expect(namesOf(openTodos([]).todos as never, false)).toEqual([])
})

test('what has been read is kept, in its order, and what has not stays as it was kept before', async () => {
  const { todos, asked } = await open(['b', 'a'])
  const before = new Map([['table ["todos",null]', { keys: ['x'], rows: [{ id: 'x' }], size: 9 }]])
  const recorder = new Recorder(before, 10)
  recorder.note(asked, undefined)
  expect(idsOf(recorder)).toEqual({ 'table ["todos",null]': 'x' })
  expect(recorder.hasRead).toBe(false)
  await todos.preload()
  expect(recorder.hasRead).toBe(true)
  expect(idsOf(recorder)).toEqual({ 'table ["todos",null]': 'ab' })
  const [kept] = recorder.record().values()
  expect(kept?.rows[0]).toEqual({ id: 'a', title: null, done: null, list_id: null, weight: null })
})

test('a query that is asked again at the same visit has the rows that it showed last', async () => {
  const { todos, asked } = await open(['a'])
  const name = 'table ["todos",null]'
  const before = new Map([[name, { keys: ['x'], rows: [{ id: 'x' }], size: 9 }]])
  const recorder = new Recorder(before, 10)
  recorder.note(asked, undefined)
  expect(recorder.keptOf(name)?.keys).toEqual(['x'])
  await todos.preload()
  recorder.record()
  expect(recorder.keptOf(name)?.keys).toEqual(['a'])
})

test('no more rows are kept than wanted, of what was shown last first', async () => {
  const { todos, asked } = await open(['a', 'b', 'c', 'd'])
  await todos.preload()
  const recorder = new Recorder(new Map(), 3)
  recorder.note(asked, undefined)
  recorder.note(asked, 'd')
  expect(idsOf(recorder)).toEqual({
    'row of table ["todos",null]': 'd',
    'table ["todos",null]': 'ab',
  })
  expect([...recorder.record().values()].map(({ size }) => size)).toEqual([4, 4])
})

test('rows that IndexedDB would change are not kept', async () => {
  const { todos, put } = openTodos(['a'])
  const query = liveQuery((q) => q.from({ todo: todos }), { queryKey: ['urls'] })
  await query.preload()
  const recorder = new Recorder(new Map(), 10)
  recorder.note(query, undefined)
  expect(idsOf(recorder)).toEqual({ 'query ["urls"]': 'a' })
  put({ ...todo('a'), note: new URL('https://example.org') as never })
  expect(idsOf(recorder)).toEqual({})
})
