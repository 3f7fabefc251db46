/** A date that a draft's setters change in place is written like one that is assigned. */
import { column, Schema, Table } from '@powersync/common'
import {
  createPowerSyncCollection,
  dateColumn,
  powerSyncCollectionOptions,
  transact,
} from '@rowsignal/core'
import { createCollection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({
  todos: new Table({ title: column.text, due: column.text, at: column.integer, plan: column.text }),
})
const config = { columns: { due: dateColumn(), at: dateColumn() } }
const day = '2026-12-01T10:00:00.000Z'

async function openTodos() {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos, ...config })
  await todos.preload()
  await todos.insert({ id: 'a', due: new Date(day), at: new Date(day) }).isPersisted.promise
  const stored = () =>
    database.getAll<{ due: string; at: number }>('SELECT due, at FROM todos ORDER BY id')
  return { database, todos, stored }
}

type Edit = (date: Date) => unknown
const edits: [name: string, edit: Edit][] = [
  ['setUTCFullYear', (date) => date.setUTCFullYear(2030)],
  ['setHours', (date) => date.setHours(date.getHours() + 1)],
  ['setTime', (date) => date.setTime(0)],
  ['two setters', (date) => (date.setUTCDate(5), date.setUTCMonth(0))],
]

test.each(edits)('what %s changes in a draft’s date is shown and stored', async (_name, edit) => {
  const { todos, stored } = await openTodos()
  const wanted = new Date(day)
  edit(wanted)
  const write = todos.update('a', (draft) => {
    edit(draft.due!)
    edit(draft.at!)
  })
  expect(todos.get('a')).toMatchObject({ due: wanted, at: wanted })
  await write.isPersisted.promise
  expect(await stored()).toEqual([{ due: wanted.toISOString(), at: wanted.getTime() }])
  expect(todos.get('a')).toMatchObject({ due: wanted, at: wanted })
})

test('the date that was shown before stays as it was, and only the changed column is written', async () => {
  const { database, todos } = await openTodos()
  const before = todos.get('a')!.due!
  await database.execute('DELETE FROM ps_crud')
  await todos.update('a', (draft) => void draft.due!.setUTCFullYear(2030)).isPersisted.promise
  expect(before.toISOString()).toBe(day)
  const queued = await database.getAll<{ data: string }>('SELECT data FROM ps_crud')
  expect(queued.map(({ data }) => JSON.parse(data).data)).toEqual([
    { due: '2030-12-01T10:00:00.000Z' },
  ])
})

test('a date that is set and assigned again, set back, or set and replaced is what it was at last', async () => {
  const { todos, stored } = await openTodos()
  const run = (change: (draft: { due?: Date | null }) => void) =>
    todos.update('a', (draft) => change(draft)).isPersisted.promise
  await run((draft) => {
    const due = draft.due!
    due.setUTCFullYear(2030)
    draft.due = due
  })
  expect(await stored()).toMatchObject([{ due: '2030-12-01T10:00:00.000Z' }])
  await run((draft) => {
    draft.due!.setUTCFullYear(1999)
    draft.due!.setUTCFullYear(2030)
  })
  expect(await stored()).toMatchObject([{ due: '2030-12-01T10:00:00.000Z' }])
  await run((draft) => {
    draft.due!.setUTCFullYear(1999)
    draft.due = null
  })
  expect(await stored()).toMatchObject([{ due: null }])
  await run((draft) => {
    draft.due = new Date(day)
    draft.due.setUTCFullYear(2031)
  })
  expect(await stored()).toMatchObject([{ due: '2031-12-01T10:00:00.000Z' }])
})

test('dates of several rows, in a transact', async () => {
  const { todos, stored } = await openTodos()
  await todos.insert({ id: 'b', due: new Date(day) }).isPersisted.promise
  await transact(() => {
    todos.update(['a', 'b'], (drafts) => {
      for (const draft of drafts) draft.due!.setUTCFullYear(2030)
    })
    todos.update('b', {}, (draft) => void draft.due!.setUTCMonth(0))
  }).isPersisted.promise
  expect((await stored()).map(({ due }) => due)).toEqual([
    '2030-12-01T10:00:00.000Z',
    '2030-01-01T10:00:00.000Z',
  ])
})

test('an invalid date is refused by the schema and changes nothing', async () => {
  const { todos } = await openTodos()
  expect(() => todos.update('a', (draft) => void draft.due!.setTime(Number.NaN))).toThrow(
    /valid Date/,
  )
  expect(todos.get('a')?.due?.toISOString()).toBe(day)
})

const datesOf = (plan: unknown): Date[] =>
  (plan as { steps: { at: Date }[] }).steps.map(({ at }) => at)

test('dates deep in the JSON of a schema, in a collection made from options', async () => {
  const database = await openDatabase(schema)
  const plan = z.object({ steps: z.array(z.object({ at: z.coerce.date<string | Date>() })) })
  const stored = z.string().transform((text) => plan.parse(JSON.parse(text)))
  const todos = createCollection(
    powerSyncCollectionOptions({
      database,
      table: schema.props.todos,
      schema: z.object({ id: z.string(), plan: z.union([plan, stored]) }),
    }),
  )
  await todos.preload()
  await todos.insert({ id: 'a', plan: { steps: [{ at: new Date(day) }] } }).isPersisted.promise
  await todos.update('a', (draft) => void datesOf(draft.plan)[0]!.setUTCFullYear(2030)).isPersisted
    .promise
  const row = await database.get<{ plan: string }>('SELECT plan FROM todos')
  expect(JSON.parse(row.plan)).toEqual({ steps: [{ at: '2030-12-01T10:00:00.000Z' }] })
  expect(datesOf(todos.get('a')!.plan)[0]!.toISOString()).toBe('2030-12-01T10:00:00.000Z')
})
