/** What a write writes is what differs from the row, as it was at the time of the call. */
import { column, Schema, Table } from '@powersync/common'
import {
  createPowerSyncCollection,
  dateColumn,
  jsonColumn,
  PowerSyncTransactor,
  transact,
} from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({
  notes: new Table(
    { title: column.text, due: column.text, tags: column.text, size: column.integer },
    { trackMetadata: true },
  ),
})

interface Tags {
  names: string[]
  more?: unknown
}

async function queueOf(database: Awaited<ReturnType<typeof openDatabase>>): Promise<unknown[]> {
  const rows = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
  return rows.map(({ data }) => {
    const { op, id, data: values } = JSON.parse(data) as Record<string, unknown>
    return [op, id, values]
  })
}

async function openStored() {
  const database = await openDatabase(schema)
  await database.execute(
    `INSERT INTO notes(id, title, due, tags, size)
     VALUES ('a', 'A', '2026-12-01 10:00:00+02', '{"names": ["x"]}', 1), ('b', NULL, NULL, NULL, NULL)`,
  )
  await database.execute('DELETE FROM ps_crud')
  return database
}

/** Trims, and takes texts for dates, so that much of what is assigned ends as what was there. */
const tidy = z.object({
  id: z.string(),
  title: z
    .string()
    .nullish()
    .transform((title) => title?.trim() || null),
  due: z
    .union([z.date(), z.string().transform((text) => new Date(text))])
    .nullish()
    .transform((due) => due ?? null),
  tags: z
    .union([z.string().transform((text) => JSON.parse(text) as Tags), z.custom<Tags>()])
    .nullish(),
  size: z.union([z.number(), z.boolean()]).nullish(),
})

async function openTidy() {
  const database = await openStored()
  const notes = createPowerSyncCollection({ database, table: schema.props.notes, schema: tidy })
  await notes.preload()
  return { database, notes }
}

const equal: [what: string, id: string, values: object][] = [
  ['a text that is trimmed to what it was', 'a', { title: ' A ' }],
  ['a text that is trimmed to nothing, where nothing was', 'b', { title: '  ' }],
  ['a date as another text of the same time', 'a', { due: '2026-12-01T08:00:00.000Z' }],
  ['the same date as another object', 'a', { due: new Date('2026-12-01T08:00:00Z') }],
  ['the same JSON as text', 'a', { tags: '{"names": [ "x" ] }' }],
  ['the same JSON as another object', 'a', { tags: { names: ['x'] } }],
  ['JSON with a property that JSON leaves out', 'a', { tags: { names: ['x'], more: undefined } }],
  ['a boolean that is stored as the same number', 'a', { size: true }],
  ['undefined where nothing was', 'b', { size: undefined, tags: undefined }],
]

test.each(equal)(
  '%s is no update: nothing is queued, and its promise resolves',
  async (_, id, values) => {
    const { database, notes } = await openTidy()
    const before = await database.getAll('SELECT * FROM notes ORDER BY id')
    const row = notes.get(id)
    await notes.update(id, (draft) => void Object.assign(draft, values)).isPersisted.promise
    await notes.update(
      id,
      { metadata: { why: 'to see' } },
      (draft) => void Object.assign(draft, values),
    ).isPersisted.promise
    await transact(() => notes.update(id, (draft) => void Object.assign(draft, values))).isPersisted
      .promise
    expect(await queueOf(database)).toEqual([])
    expect(await database.getAll('SELECT * FROM notes ORDER BY id')).toEqual(before)
    expect(notes.get(id)).toEqual({ ...row, $origin: expect.any(String) as string })
  },
)

test('an update writes of its columns those that end as others', async () => {
  const { database, notes } = await openTidy()
  await notes.update(['a', 'b'], (drafts) => {
    for (const draft of drafts) Object.assign(draft, { title: ' A ', size: true })
    drafts[0]!.due = new Date(0)
  }).isPersisted.promise
  expect(await queueOf(database)).toEqual([
    ['PATCH', 'a', { due: '1970-01-01T00:00:00.000Z' }],
    ['PATCH', 'b', { title: 'A', size: 1 }],
  ])
})

test('a transaction that sets a value back queues nothing', async () => {
  const { database, notes } = await openTidy()
  const set = (title: string) => notes.update('a', (draft) => void (draft.title = title))
  const write = transact(() => {
    set('B')
    set('A')
  })
  await write.isPersisted.promise
  expect(await queueOf(database)).toEqual([])
})

test('a value that is set back by a write of its own is queued, in order', async () => {
  const { database, notes } = await openTidy()
  const set = (title: string) => notes.update('a', (draft) => void (draft.title = title))
  set('B')
  await set('A').isPersisted.promise
  expect(await queueOf(database)).toEqual([
    ['PATCH', 'a', { title: 'B' }],
    ['PATCH', 'a', { title: 'A' }],
  ])
})

test('null is written over a value that the schema of what is read leaves out', async () => {
  const database = await openStored()
  const notes = createPowerSyncCollection({
    database,
    table: schema.props.notes,
    schema: z.object({ id: z.string(), title: z.string().nullish() }),
    deserializationSchema: z.object({ id: z.string() }),
  })
  await notes.preload()
  await notes.update('a', (draft) => void (draft.title = null)).isPersisted.promise
  expect(await queueOf(database)).toEqual([['PATCH', 'a', { title: null }]])
})

test('a value that a serializer refuses can be replaced', async () => {
  const database = await openStored()
  const notes = createPowerSyncCollection({
    database,
    table: schema.props.notes,
    schema: z.object({ id: z.string(), title: z.string().nullish() }),
    serializer: {
      title: (title) => {
        if (title === 'A') throw new Error('no A')
        return title
      },
    },
  })
  await notes.preload()
  await notes.update('a', (draft) => void (draft.title = 'B')).isPersisted.promise
  expect(await queueOf(database)).toEqual([['PATCH', 'a', { title: 'B' }]])
})

const anything = z.object({
  id: z.string(),
  title: z.string().nullish(),
  due: z.custom<Date>(),
  tags: z.custom<Tags>(),
})
const columns = { due: dateColumn(), tags: jsonColumn<Tags>() }

test.each(['columns', 'a schema', 'a schema that gives back its input'])(
  'with %s a write is of what it was given at the time of the call',
  async (way) => {
    const database = await openDatabase(schema)
    const table = schema.props.notes
    const stored = z.object({ id: z.string() }).loose() as never
    const notes =
      way === 'columns'
        ? createPowerSyncCollection({ database, table, columns })
        : (createPowerSyncCollection({
            database,
            table,
            deserializationSchema: stored,
            schema:
              way === 'a schema'
                ? anything
                : (z.custom<never>(() => true) as unknown as typeof anything),
          }) as never)
    await notes.preload()
    const make = (id: string) => ({
      id,
      due: new Date(0),
      tags: { names: ['x'], more: new Map([['k', [1]]]) as unknown } as Tags,
    })
    const transaction = createTransaction({
      autoCommit: false,
      mutationFn: ({ transaction: committing }) =>
        new PowerSyncTransactor({ database }).applyTransaction(committing),
    })
    const rows = [make('a'), make('b')]
    if (way === 'columns') for (const row of rows) delete row.tags.more
    const spoil = (row: (typeof rows)[number]) => {
      row.due.setUTCFullYear(1999)
      row.tags.names.push('later')
      Object.assign(row, { title: 'later' })
      if (row.tags.more instanceof Map) row.tags.more.set('k', [2])
    }
    const expected = structuredClone(rows)
    transaction.mutate(() => notes.insert(rows))
    rows.forEach(spoil)
    expect([notes.get('a'), notes.get('b')]).toMatchObject(expected)
    await transaction.commit()
    const select = 'SELECT due, tags FROM notes ORDER BY id'
    const iso = '1970-01-01T00:00:00.000Z'
    const tags = JSON.stringify(expected[0]!.tags)
    expect(await database.getAll(select)).toEqual([
      { due: iso, tags },
      { due: iso, tags },
    ])

    const due = new Date(5)
    const names = ['y']
    const update = transact(() => {
      notes.update('a', (draft) => void Object.assign(draft, { due, tags: { names } }))
      due.setUTCFullYear(1999)
      names.push('later')
    })
    due.setUTCFullYear(1998)
    names.push('even later')
    expect(notes.get('a')).toMatchObject({ due: new Date(5), tags: { names: ['y'] } })
    await update.isPersisted.promise
    expect((await database.getAll(select))[0]).toEqual({
      due: '1970-01-01T00:00:00.005Z',
      tags: '{"names":["y"]}',
    })
  },
)
