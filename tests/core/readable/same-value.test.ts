import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, dateColumn, jsonColumn, transact } from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { freeze, isSameValue } from '../../../core/src/readable/same-value.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const columns = { title: column.text, due: column.text, tags: column.text }
const schema = new Schema({ todos: new Table(columns) })
const table = schema.props.todos

const text = z.string().nullable()
const tags = z.array(z.string())
const parsed = z.string().transform((json) => tags.parse(JSON.parse(json)))

/** The ways to say that `due` is a date and `tags` JSON. */
const ways = [
  { way: 'helpers', options: { columns: { due: dateColumn(), tags: jsonColumn<string[]>() } } },
  {
    way: 'a schema that takes its own output',
    options: {
      schema: z.object({
        id: z.string(),
        title: text,
        due: z.coerce.date(),
        tags: tags.or(parsed),
      }),
    },
  },
  {
    way: 'a schema of frozen rows',
    options: {
      schema: z.object({ id: z.string(), title: text, due: z.date(), tags }),
      deserializationSchema: z
        .object({ id: z.string(), title: text, due: z.coerce.date(), tags: parsed })
        .readonly(),
    },
  },
]

async function openTodos({ options }: (typeof ways)[number]) {
  const database = await openDatabase(schema)
  const put = (title: string, due: string, tags: string) =>
    database.execute('INSERT OR REPLACE INTO todos(id, title, due, tags) VALUES (?, ?, ?, ?)', [
      'a',
      title,
      due,
      tags,
    ])
  await put('first', '2026-12-01T10:00:00.000Z', '["x"]')
  const todos = createPowerSyncCollection({ database, table, ...options } as {
    database: typeof database
    table: typeof table
    columns: NonNullable<(typeof ways)[0]['options']['columns']>
  })
  await todos.preload()
  const row = () => todos.get('a')!
  const isTitled = (title: string) => eventually(() => expect(row().title).toBe(title))
  return { database, todos, put, row, isTitled }
}

test.each(ways)(
  'a date and JSON by $way keep their objects while other columns change',
  async (way) => {
    const { database, todos, put, row, isTitled } = await openTodos(way)
    const { due, tags } = row()
    const isKept = () => expect([row().due === due, row().tags === tags]).toEqual([true, true])

    await database.execute("UPDATE todos SET title = 'outside'")
    await isTitled('outside')
    isKept()
    const { isPersisted } = todos.update('a', (draft) => void (draft.title = 'mine'))
    isKept()
    await isPersisted.promise
    isKept()
    await transact(() => todos.update('a', (draft) => void (draft.title = 'ours'))).isPersisted
      .promise
    isKept()
    const refused = createTransaction({ mutationFn: () => Promise.reject(new Error('refused')) })
    refused.mutate(() => todos.update('a', (draft) => Object.assign(draft, { due: new Date(0) })))
    await refused.isPersisted.promise.catch(() => {})
    isKept()
    await put('spelled otherwise', '2026-12-01 10:00:00Z', '[ "x" ]')
    await isTitled('spelled otherwise')
    isKept()
    await database.disconnect()
    await database.updateSchema(
      new Schema({ todos: new Table({ ...columns, note: column.text }, { localOnly: false }) }),
    )
    await database.execute("UPDATE todos SET title = 'after it was read again'")
    await isTitled('after it was read again')
    isKept()
  },
)

test.each(ways)('a date and JSON by $way that change are others, each by itself', async (way) => {
  const { put, row, isTitled } = await openTodos(way)
  const { due, tags } = row()
  await put('a millisecond later', '2026-12-01T10:00:00.001Z', '["x"]')
  await isTitled('a millisecond later')
  expect(row().due).toEqual(new Date('2026-12-01T10:00:00.001Z'))
  expect(row().tags).toBe(tags)
  await put('back, with a tag', '2026-12-01T10:00:00.000Z', '["x", "y"]')
  await isTitled('back, with a tag')
  expect(row().due).toEqual(due)
  expect(row().tags).toEqual(['x', 'y'])
})

test.each(ways)('JSON by $way can be changed by an update and not in place', async (way) => {
  const { todos, row } = await openTodos(way)
  expect(() => row().tags?.push('by hand')).toThrow(TypeError)
  await todos.update('a', (draft) => void draft.tags?.push('y')).isPersisted.promise
  expect(row().tags).toEqual(['x', 'y'])
  expect(() => row().tags?.push('by hand')).toThrow(TypeError)
})

const circle = () => {
  const parent: { children: object[] } = { children: [] }
  parent.children.push({ parent }, { parent })
  return parent
}

test.each<[what: string, left: unknown, right: unknown]>([
  ['dates', new Date(5), new Date(5)],
  ['dates that are none', new Date(Number.NaN), new Date(Number.NaN)],
  ['JSON, whatever the order of its keys', { a: 1, b: [{}] }, { b: [{}], a: 1 }],
  ['objects without a prototype', Object.create(null), Object.create(null)],
])('equal %s are the same', (...[, left, right]) => {
  expect(isSameValue(left, right)).toBe(true)
})

test.each<[what: string, left: unknown, right: unknown]>([
  ['dates a millisecond apart', new Date(5), new Date(6)],
  ['JSON that differs deep down', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
  ['objects with other keys', { a: undefined }, { b: undefined }],
  ['an array and an object', [], {}],
  ['arrays of which one is longer', [1], [1, 2]],
  ['null and an object', null, {}],
  ['objects of a class', new URL('https://a.test'), new URL('https://a.test')],
  ['maps', new Map(), new Map()],
  ['circles', circle(), circle()],
])('%s are not known to be the same', (...[, left, right]) => {
  expect([isSameValue(left, right), isSameValue(right, left)]).toEqual([false, false])
  expect(isSameValue(left, left)).toBe(true)
})

test('arrays and plain objects are frozen through and through, and objects of a class let be', () => {
  const value = Object.freeze({ list: [{ a: 1 }], map: new Map(), url: new URL('https://a.test') })
  freeze(value)
  freeze(circle())
  freeze(null)
  expect([value.list, value.list[0], value.map, value.url].map(Object.isFrozen)).toEqual([
    true,
    true,
    false,
    false,
  ])
})
