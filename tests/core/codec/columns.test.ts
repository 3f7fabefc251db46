import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  bigintColumn,
  booleanColumn,
  createPowerSyncCollection,
  dateColumn,
  enumColumn,
  jsonColumn,
} from '@rowsignal/core'
import { createLiveQueryCollection, eq, gt } from '@tanstack/db'
import { expect, test, vi } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({
  todos: new Table({
    done: column.integer,
    due: column.text,
    at: column.integer,
    tags: column.text,
    place: column.text,
    size: column.integer,
    digits: column.text,
    state: column.text,
  }),
})
const table = schema.props.todos
const throwing = (name: string): string => {
  throw new Error(name)
}
const columns = {
  done: booleanColumn(),
  due: dateColumn(),
  at: dateColumn(),
  tags: jsonColumn<string[]>(),
  place: jsonColumn(z.object({ lat: z.number(), name: z.string().overwrite(throwing).optional() })),
  size: bigintColumn(),
  digits: bigintColumn(),
  state: enumColumn('open', 'done'),
}

function openTodos(database: PowerSyncDatabase) {
  return createPowerSyncCollection({ database, table, columns })
}

const date = new Date('2026-12-01T10:00:00.123Z')
const rich = {
  id: 'a',
  done: true,
  due: date,
  at: date,
  tags: ['x'],
  place: { lat: 1.5 },
  size: 9_007_199_254_740_993n,
  digits: -9_223_372_036_854_775_808n,
  state: 'open',
} as const

async function put(database: PowerSyncDatabase, id: string, values: object): Promise<void> {
  await database.execute('INSERT OR REPLACE INTO ps_data__todos(id, data) VALUES (?, ?)', [
    id,
    JSON.stringify(values),
  ])
}

test('helpers store SQLite’s own values and show rich ones', async () => {
  const database = await openDatabase(schema)
  const todos = openTodos(database)
  await todos.insert({ ...rich, tags: ['x'] }).isPersisted.promise
  expect(todos.get('a')).toMatchObject(rich)
  expect(await database.get('SELECT *, CAST(size AS TEXT) AS size FROM todos')).toEqual({
    id: 'a',
    done: 1,
    due: '2026-12-01T10:00:00.123Z',
    at: date.getTime(),
    tags: '["x"]',
    place: '{"lat":1.5}',
    size: '9007199254740993',
    digits: '-9223372036854775808',
    state: 'open',
  })
})

test('null stays null, and a column that an insert leaves out is null', async () => {
  const database = await openDatabase(schema)
  const todos = openTodos(database)
  const write = todos.insert({ id: 'a', due: null })
  const empty = Object.fromEntries(Object.keys(columns).map((name) => [name, null]))
  expect(todos.get('a')).toMatchObject(empty)
  await write.isPersisted.promise
  expect(todos.get('a')).toMatchObject(empty)
})

test('an update writes the column that changed, nested JSON too', async () => {
  const database = await openDatabase(schema)
  const todos = openTodos(database)
  await todos.insert({ ...rich, tags: ['x'] }).isPersisted.promise
  await todos.update('a', (draft) => {
    draft.tags?.push('y')
    draft.due = new Date(0)
  }).isPersisted.promise
  expect(todos.get('a')).toMatchObject({ ...rich, tags: ['x', 'y'], due: new Date(0) })
  const { data } = await database.get<{ data: string }>('SELECT data FROM ps_crud ORDER BY id DESC')
  expect(JSON.parse(data)).toMatchObject({
    op: 'PATCH',
    data: { tags: '["x","y"]', due: '1970-01-01T00:00:00.000Z' },
  })
})

test('JSON that was read is frozen, through and through', async () => {
  const database = await openDatabase(schema)
  await put(database, 'a', { tags: '[["x"]]', place: '{"lat":1}' })
  const todos = openTodos(database)
  await todos.preload()
  const { tags, place } = todos.get('a')!
  expect([tags, tags?.[0], place].every((value) => Object.isFrozen(value))).toBe(true)
})

test('a value that a helper can’t read makes a bad row, whose issues name columns and no values', async () => {
  const database = await openDatabase(schema)
  const secret = 'secret-4711'
  await put(database, 'bad', {
    due: secret,
    tags: secret,
    place: '{"lat":"secret"}',
    digits: secret,
    state: secret,
    size: 1,
  })
  await put(database, 'good', { due: '2026-12-01', state: 'done' })
  const reported = vi.fn()
  const todos = createPowerSyncCollection({
    database,
    table,
    columns,
    onDeserializationError: reported,
  })
  await todos.preload()
  expect([...todos.keys()]).toEqual(['good'])
  const { issues } = todos.utils.badRows.get('bad')!
  expect(issues.map(({ path }) => path)).toEqual([
    ['due'],
    ['tags'],
    ['place', 'lat'],
    ['digits'],
    ['state'],
  ])
  expect(JSON.stringify(issues)).not.toContain('secret')
  expect(reported.mock.calls).toEqual([[{ issues }]])
})

const refused: [column: string, value: unknown][] = [
  ['done', 1],
  ['done', 'true'],
  ['due', '2026-12-01'],
  ['due', new Date(Number.NaN)],
  ['tags', new Date()],
  ['tags', [1n]],
  ['tags', { at: new Date() }],
  ['tags', new Map()],
  ['tags', () => 1],
  ['place', { lat: 'north' }],
  ['place', { lat: 1, name: 'a schema that throws' }],
  ['size', 1],
  ['size', 2n ** 63n],
  ['digits', '12'],
  ['state', 'closed'],
]

test.each(refused)(
  '%s refuses what it can’t store, at the call and by its path',
  async (name, value) => {
    const database = await openDatabase(schema)
    const todos = openTodos(database)
    await todos.insert({ id: 'a' }).isPersisted.promise
    expect(() => todos.insert({ id: 'b', [name]: value })).toThrow(
      new RegExp(`Insert validation failed[^]*path: ${name}`),
    )
    expect(() =>
      todos.update('a', (draft) => {
        Object.assign(draft, { [name]: value })
      }),
    ).toThrow(new RegExp(`Update validation failed[^]*path: ${name}`))
    expect(await database.getAll('SELECT id FROM ps_crud')).toHaveLength(1)
  },
)

test('queries compare rich values', async () => {
  const database = await openDatabase(schema)
  const todos = openTodos(database)
  await todos.insert([
    { ...rich, tags: ['x'] },
    { id: 'b', done: false, due: new Date('2027-01-01'), size: 5n, state: 'done' },
  ]).isPersisted.promise
  const late = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => gt(todo.due, new Date('2026-12-31')))
      .where(({ todo }) => eq(todo.done, false))
      .where(({ todo }) => eq(todo.size, 5n)),
  )
  await late.preload()
  expect(late.toArray.map((row) => row.id)).toEqual(['b'])
  await late.cleanup()
})
