import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, dateColumn, jsonColumn } from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'
import { server } from '../../support/plain-host.ts'
import { unhandled } from '../../support/unhandled.ts'

const schema = new Schema({
  events: new Table({ title: column.text, starts: column.integer, ends: column.integer }),
})

const stored = { id: z.string(), title: z.string(), starts: z.number(), ends: z.number() }

const event = z
  .object({
    ...stored,
    title: z.string().min(3, 'too short').max(20, 'too long'),
    starts: z.number('no number').int('not whole'),
  })
  .refine(({ starts, ends }) => starts <= ends, { message: 'ends before it starts' })

async function open(eventSchema: StandardSchemaV1) {
  const database = await openDatabase(schema)
  await database.execute(
    "INSERT INTO events(id, title, starts, ends) VALUES ('a', 'Picnic', 1, 5), ('b', 'x', 1, 5)",
  )
  const events = createPowerSyncCollection({
    database,
    table: schema.props.events,
    deserializationSchema: z.object(stored),
    schema: eventSchema as typeof event, // the same rows, however it validates
  })
  await events.preload()
  const edit = (key: string) =>
    createDraft(
      server,
      () => events,
      () => key,
    )
  const select = () =>
    database.get<{ title: string }>("SELECT title, starts, ends FROM events WHERE id = 'a'")
  return { events, edit, select }
}

test('what the schema refuses is told by column as it is typed, and goes when it is mended', async () => {
  const { edit } = await open(event)
  const form = edit('a')
  expect(form.errors).toEqual({})
  form.draft.title = 'P'
  expect([form.errors, form.canSave]).toEqual([{ title: ['too short'] }, false])
  form.draft.starts = 1.5
  expect(form.errors).toEqual({ title: ['too short'], starts: ['not whole'] })
  form.draft.title = 'Party'
  form.draft.starts = 2
  expect([form.errors, form.canSave]).toEqual([{}, true])
})

test('an error of the row as a whole is under $row', async () => {
  const { edit } = await open(event)
  const form = edit('a')
  form.draft.ends = 0
  expect([form.errors, form.canSave]).toEqual([{ $row: ['ends before it starts'] }, false])
  form.draft.starts = 0
  expect(form.errors).toEqual({})
})

test('a save with errors is refused, writes nothing and keeps what was typed', async () => {
  const { edit, events, select } = await open(event)
  const form = edit('a')
  form.draft.title = 'P'
  form.draft.ends = 9
  expect(() => form.save()).toThrow(
    expect.objectContaining({
      code: 'draft-invalid',
      message: expect.stringContaining('refuses `title`.') as string,
    }),
  )
  expect([form.draft.title, form.draft.ends]).toEqual(['P', 9])
  expect(events.get('a')).toMatchObject({ title: 'Picnic', ends: 5 })
  form.draft.title = 'Party'
  await form.save()?.isPersisted.promise
  expect(await select()).toEqual({ title: 'Party', starts: 1, ends: 9 })
})

test('a stored column that the schema refuses is an error once there is something to save', async () => {
  const { edit } = await open(event)
  const form = edit('b')
  expect(form.errors).toEqual({})
  form.draft.ends = 6
  expect(form.errors).toEqual({ title: ['too short'] })
})

test('a column that the schema changes is no conflict while it is saved', async () => {
  const trimmed = event.safeExtend({ title: z.string().trim() })
  const { edit, events } = await open(trimmed)
  const form = edit('a')
  form.draft.title = ' Party '
  const transaction = form.save()
  expect(events.get('a')?.title).toBe('Party')
  expect([form.draft.title, form.changed, form.conflicts]).toEqual([' Party ', false, {}])
  await transaction?.isPersisted.promise
  expect(form.draft.title).toBe('Party')
})

const refused = 'the schema threw, or is asynchronous, which no row can wait for'
const boom = (): never => {
  throw new Error('boom')
}
const { validate, ...standard } = event['~standard']
const custom = (answer: typeof validate): StandardSchemaV1 => ({
  '~standard': { ...standard, validate: answer },
})

const unanswering: [what: string, schema: StandardSchemaV1][] = [
  ['that throws', custom(boom)],
  ['that rejects', custom(() => Promise.reject(new Error('boom')))],
  ['that answers later', custom((row) => Promise.resolve(validate(row)))],
  ['of zod with a refinement that answers later', event.refine(() => Promise.resolve(true))],
  ['of zod with a refinement that throws', event.refine(boom)],
  ['of zod with a transform that throws', event.safeExtend({ title: z.string().transform(boom) })],
]

test.each(unanswering)(
  'a schema %s is an error of the row, and refuses every write',
  async (_, asked) => {
    const { edit, events, select } = await open(asked)
    const before = await select()
    const form = edit('a')
    expect([form.errors, form.canSave]).toEqual([{}, false])
    const reasons = await unhandled(() => {
      form.draft.title = 'Party'
      expect([form.errors, form.canSave]).toEqual([{ $row: [refused] }, false])
      expect(() => form.save()).toThrow(expect.objectContaining({ code: 'draft-invalid' }))
      expect(() => events.update('a', (row) => void (row.title = 'Party'))).toThrow()
      expect(() => events.insert({ id: 'c', title: 'Party', starts: 1, ends: 2 })).toThrow()
    })
    expect(reasons).toEqual([])
    expect(form.draft.title).toBe('Party')
    form.reset()
    expect([form.errors, form.changed]).toEqual([{}, false])
    expect([await select(), [...events.keys()]]).toEqual([before, ['a', 'b']])
  },
)

test('without a schema of its own a table refuses what its columns cannot hold', async () => {
  const database = await openDatabase(schema)
  const events = createPowerSyncCollection({ database, table: schema.props.events })
  await events.preload()
  await events.insert({ id: 'a', title: 'Picnic' }).isPersisted.promise
  const form = createDraft(
    server,
    () => events,
    () => 'a',
  )
  Object.assign(form.draft, { starts: 'soon' })
  expect(form.errors).toEqual({ starts: ['must be a number or null'] })
})

test('a date or object that is typed equal is no change, and one that is not is saved in its column', async () => {
  const database = await openDatabase(schema)
  const events = createPowerSyncCollection({
    database,
    table: schema.props.events,
    columns: { title: jsonColumn<{ tags: string[] }>(), starts: dateColumn() },
  })
  await events.preload()
  const starts = new Date('2026-01-01T10:00:00.000Z')
  await events.insert({ id: 'a', title: { tags: ['x'] }, starts }).isPersisted.promise
  const form = createDraft(
    server,
    () => events,
    () => 'a',
  )
  form.draft.title = { tags: ['x'] }
  form.draft.starts = new Date(starts)
  expect(form.changed).toBe(false)
  form.draft.title = { tags: ['x', 'y'] }
  await form.save()?.isPersisted.promise
  expect(await database.get('SELECT title FROM events')).toEqual({ title: '{"tags":["x","y"]}' })
})
