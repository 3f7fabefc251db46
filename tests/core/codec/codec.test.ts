import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, type BadRow } from '@rowsignal/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const schema = new Schema({
  items: new Table({ text: column.text, integer: column.integer, real: column.real }),
})
const table = schema.props.items

/** Stored JSON as a sync may bring it; `id` is added as the sync does. */
const stored: Record<string, unknown>[] = [
  {},
  { text: null, integer: null, real: null },
  { text: '', integer: 0, real: 0 },
  { text: 'naïve 🌍 "quoted" \\ \n', integer: -5, real: -1.25 },
  { text: 12, integer: '12', real: '1.5' },
  { text: true, integer: true, real: false },
  { text: { a: [1] }, integer: '12 apples', real: 'none' },
  { text: 'x', integer: 3.9, real: 2 },
  { undeclared: 'column', text: 'kept' },
]

test('a row is what SELECT says, by the first read and by a change', async () => {
  const database = await openDatabase(schema)
  const put = async (): Promise<void> => {
    for (const [index, data] of stored.entries()) {
      await database.execute('INSERT OR REPLACE INTO ps_data__items(id, data) VALUES (?, ?)', [
        `r${index}`,
        JSON.stringify({ id: `r${index}`, ...data }),
      ])
    }
  }
  const changed = createPowerSyncCollection({ database, table })
  await changed.preload()
  await put()
  const read = createPowerSyncCollection({ database, table })
  await read.preload()
  const selected = await database.getAll<{ id: string }>('SELECT * FROM items ORDER BY id')
  expect(selected).toHaveLength(stored.length)
  await eventually(() => expect(changed.size).toBe(stored.length))
  for (const row of selected) {
    expect(read.get(row.id)).toMatchObject(row)
    expect(changed.get(row.id)).toMatchObject(row)
  }
})

/** A Standard Schema by hand: `integer` is a boolean, `text` a date; a text that is no date is refused. */
const rich: StandardSchemaV1<unknown, { id: string; text: Date; integer: boolean }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(input) {
      const { id, text, integer } = input as { id: string; text: string | Date; integer: unknown }
      const date = new Date(text)
      if (Number.isNaN(date.getTime()))
        return { issues: [{ message: 'is not a date', path: ['text'] }] }
      return { value: { id, text: date, integer: Boolean(integer) } }
    },
  },
}

test('a schema gives rich types, and writes give SQLite its own', async () => {
  const database = await openDatabase(schema)
  const items = createPowerSyncCollection({ database, table, schema: rich })
  await items.preload()
  const date = new Date('2026-12-01T10:00:00.000Z')
  await items.insert({ id: 'a', text: date, integer: true }).isPersisted.promise
  expect(items.get('a')).toMatchObject({ text: date, integer: true })
  expect(await database.getAll('SELECT text, integer FROM items')).toEqual([
    { text: '2026-12-01T10:00:00.000Z', integer: 1 },
  ])
  const before = items.get('a')
  await database.execute(
    "INSERT OR REPLACE INTO items(id, text, integer) VALUES ('a', '2026-12-01T10:00:00.000Z', 1)",
  )
  await database.execute("INSERT INTO items(id, text, integer) VALUES ('b', '2026-12-02', 0)")
  await eventually(() => expect(items.get('b')).toMatchObject({ integer: false }))
  expect(items.get('a')).toBe(before)
})

test('a serializer decides how a value is stored', async () => {
  const database = await openDatabase(schema)
  const items = createPowerSyncCollection({
    database,
    table,
    schema: rich,
    serializer: { text: (date) => date.toISOString().slice(0, 10) },
  })
  await items.preload()
  await items.insert({ id: 'a', text: new Date('2026-12-01'), integer: false }).isPersisted.promise
  expect(await database.getAll('SELECT text FROM items')).toEqual([{ text: '2026-12-01' }])
})

test('a schema that takes its own output, too, lets rows be updated', async () => {
  const database = await openDatabase(schema)
  const toDate = (text: string | Date): Date => new Date(text)
  const integer = z.number().nullish()
  const text = z.string().transform(toDate)
  const either = z.union([z.string(), z.date()]).transform(toDate)
  const increment = (row: { integer?: number | null | undefined }): void => {
    row.integer = 1
  }
  const narrow = z.object({ id: z.string(), text, integer })
  const refusing = createPowerSyncCollection({ database, table, schema: narrow })
  await refusing.insert({ id: 'a', text: '2026-01-01' }).isPersisted.promise
  // TanStack DB validates the whole row with the change in it, so also the date that the row holds.
  expect(() => refusing.update('a', increment)).toThrow('path: text')
  const wide = z.object({ id: z.string(), text: either, integer })
  const items = createPowerSyncCollection({ database, table, schema: wide })
  await items.preload()
  await items.update('a', increment).isPersisted.promise
  expect(items.get('a')).toMatchObject({ text: new Date('2026-01-01'), integer: 1 })
})

test('a schema that throws, or answers later, makes bad rows and stops nothing', async () => {
  const database = await openDatabase(schema)
  await database.execute(`INSERT INTO items(id, text) VALUES ('bad', 'secret'), ('good', '[1]')`)
  const text = z.preprocess((value) => JSON.parse(value as string) as unknown, z.array(z.number()))
  const throwing = createPowerSyncCollection({
    database,
    table,
    schema: z.object({ id: z.string(), text }),
  })
  await throwing.preload()
  expect([...throwing.keys()]).toEqual(['good'])
  const { issues } = throwing.utils.badRows.get('bad')!
  expect(issues).toEqual([
    { message: 'the schema threw, or is asynchronous, which no row can wait for' },
  ])
  const fail = (): never => {
    throw new Error('secret')
  }
  const later = async (): Promise<{ value: { id: string } }> => ({ value: { id: 'a' } })
  for (const validate of [fail, later]) {
    const refusing: StandardSchemaV1<unknown, { id: string }> = {
      '~standard': { version: 1, vendor: 'test', validate },
    }
    const items = createPowerSyncCollection({ database, table, schema: refusing })
    await items.preload()
    expect([...items.utils.badRows.values()].map((row) => row.issues)).toEqual([issues, issues])
  }
})

test('a row that the schema refuses is set aside and reported once; the others go on; mended, it comes', async () => {
  const database = await openDatabase(schema)
  await database.execute(
    "INSERT INTO items(id, text) VALUES ('bad', 'someday'), ('good', '2026-12-01')",
  )
  const reported: unknown[] = []
  const items = createPowerSyncCollection({
    database,
    table,
    schema: rich,
    onDeserializationError: ({ issues }) => reported.push(issues),
  })
  await items.preload()
  expect([...items.keys()]).toEqual(['good'])
  const bad: BadRow = {
    table: 'items',
    id: 'bad',
    issues: [{ message: 'is not a date', path: ['text'] }],
  }
  expect([...items.utils.badRows.values()]).toEqual([bad])
  await database.execute("UPDATE items SET text = 'never' WHERE id = 'bad'")
  await database.execute("UPDATE items SET text = 'never' WHERE id = 'good'")
  await eventually(() => expect(items.size).toBe(0))
  expect(reported).toHaveLength(2)
  await database.execute("UPDATE items SET text = '2026-12-03'")
  await eventually(() => expect(items.size).toBe(2))
  expect(items.utils.badRows.size).toBe(0)
})
