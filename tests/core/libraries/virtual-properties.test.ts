/** TanStack DB's own properties of a row (`$synced`, `$key`, …) are nobody's columns: a row that was read can be written. */
import { column, Schema, Table } from '@powersync/common'
import {
  createPowerSyncCollection,
  powerSyncCollectionOptions,
  snapshot,
  upsert,
} from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import { liveRows } from '../../../core/src/rows/live-rows.ts'
import { createCollection, createLiveQueryCollection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { server } from '../../support/plain-host.ts'
import { logEvents, schema } from '../../support/todos.ts'

const shape = {
  id: z.string(),
  title: z.string().nullish(),
  done: z.number().nullish(),
  list_id: z.string().nullish(),
  weight: z.number().nullish(),
}
const passing = z.looseObject(shape)
/** Gives what it was given, the same object. */
const custom = z.custom<z.infer<typeof passing>>(() => true)

const ways: [schema: string, options: object][] = [
  ['no schema', {}],
  ['z.object', { schema: z.object(shape) }],
  ['z.looseObject', { schema: passing }],
  ['z.strictObject', { schema: z.strictObject(shape) }],
  ['a schema that gives back its input', { schema: custom }],
]

async function openTodos(options: object = {}) {
  const database = await openDatabase(schema)
  await database.execute(
    "INSERT INTO todos(id, title, done, weight) VALUES ('a', 'A', 0, 1.5), ('b', 'B', 1, 2.5)",
  )
  await database.execute('DELETE FROM ps_crud')
  const table = schema.props.todos
  const todos = createPowerSyncCollection({ database, table, ...options })
  await todos.preload()
  const queued = async (): Promise<unknown[]> => {
    const rows = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
    return rows.map(({ data }) => {
      const { op, id, data: values } = JSON.parse(data) as Record<string, unknown>
      return [op, id, values]
    })
  }
  return { database, todos, queued }
}

type Todos = Awaited<ReturnType<typeof openTodos>>['todos']
type Todo = NonNullable<ReturnType<Todos['get']>>

/** The properties that TanStack DB of either version adds, as a row of ours shows them. */
function virtualsOf(row: object | undefined): string[] {
  return Object.keys(row ?? {}).filter((name) => name.startsWith('$'))
}

/** Row `a` by every way to read it. */
async function readings(todos: Todos): Promise<[way: string, row: Todo][]> {
  const row = todos.get('a')!
  const query = createLiveQueryCollection((q) => q.from({ todo: todos }))
  const selected = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).select(({ todo }) => ({ ...todo })),
  )
  const nested = createLiveQueryCollection((q) =>
    q.from({ todo: todos }).select(({ todo }) => ({ todo })),
  )
  await Promise.all([query.preload(), selected.preload(), nested.preload()])
  const live = liveRows(todos, server).row('a') as Todo
  const { title: _, ...rest } = row
  const rows: [way: string, row: Todo][] = [
    ['get', row],
    ['toArray', todos.toArray[0]!],
    ['a live query', query.get('a')!],
    ['a select', [...selected.values()][0] as unknown as Todo],
    ['a nested select', ([...nested.values()][0] as unknown as { todo: Todo }).todo],
    ['a rest', rest as Todo],
    ['a clone', structuredClone(row)],
    ['JSON', JSON.parse(JSON.stringify(row)) as Todo],
    ['a snapshot of a live row', snapshot(live)],
    ['a spread live row', { ...live }],
  ]
  await Promise.all([query.cleanup(), selected.cleanup(), nested.cleanup()])
  return rows
}

test.each(ways)(
  'with %s a row that was read is written back, however it was read',
  async (_, options) => {
    const { database, todos, queued } = await openTodos(options)
    let count = 0
    for (const [way, row] of await readings(todos)) {
      expect(virtualsOf(row), way).not.toEqual([])
      await upsert(todos, { ...row, title: `upserted ${++count}` }).isPersisted.promise
      await todos.update(
        'a',
        (draft) => void Object.assign(draft, row, { title: `updated ${count}` }),
      ).isPersisted.promise
      await upsert(todos, { ...row, id: way, title: 'new' }).isPersisted.promise
      expect(todos.get(way), way).toMatchObject({ id: way, title: 'new', done: 0, weight: 1.5 })
      expect(virtualsOf(todos.get(way)), way).toEqual(virtualsOf(todos.get('a')))
      expect(todos.get(way), way).toMatchObject({ $synced: true, $key: way })
    }
    expect(await database.get("SELECT title, done, weight FROM todos WHERE id = 'a'")).toEqual({
      title: `updated ${count}`,
      done: 0,
      weight: 1.5,
    })
    const writes = (await queued()) as [op: string, id: string, values: object][]
    expect(
      writes.filter(([op]) => op === 'PATCH').map(([, , values]) => Object.keys(values)),
    ).toEqual(Array.from({ length: 2 * count }, () => ['title']))
    expect(JSON.stringify(writes)).not.toContain('$')
  },
)

test.each(ways)(
  'with %s such a write is shown, and told, as one of the columns alone',
  async (_, options) => {
    const { todos } = await openTodos(options)
    const log = logEvents(todos)
    const row = todos.get('a')
    const write = todos.update('a', (draft) => void Object.assign(draft, row, { title: 'B' }))
    expect(todos.get('a')).toMatchObject({ title: 'B', $synced: false, $key: 'a' })
    await write.isPersisted.promise
    const told = log.splice(0)
    await todos.update('a', (draft) => void (draft.title = 'C')).isPersisted.promise
    expect(told.map((line) => line.replace('=B', '=C'))).toEqual(log)
    const insert = todos.insert({ ...row, id: 'c', $synced: true } as Todo)
    expect(todos.get('c')).toMatchObject({ $synced: false, $key: 'c' })
    expect(virtualsOf(todos.get('c'))).toEqual(virtualsOf(row))
    await insert.isPersisted.promise
  },
)

test('a row that is assigned as it was read is no write', async () => {
  const { todos, queued } = await openTodos()
  const row = todos.get('a')
  await todos.update('a', (draft) => void Object.assign(draft, row)).isPersisted.promise
  await upsert(todos, { ...row!, $synced: false } as Todo).isPersisted.promise
  expect(await queued()).toEqual([])
  expect(todos.get('a')).toEqual({ ...row, $origin: expect.any(String) as string })
})

test('options for createCollection do the same', async () => {
  const { database, queued } = await openTodos()
  const table = schema.props.todos
  for (const options of [
    powerSyncCollectionOptions({ database, table }),
    powerSyncCollectionOptions({ database, table, schema: z.strictObject(shape) }),
  ]) {
    const todos = createCollection(
      options as ReturnType<typeof powerSyncCollectionOptions<typeof table>>,
    )
    await todos.preload()
    const row = todos.get('a')!
    await todos.update('a', (draft) => void Object.assign(draft, row, { title: 'B' })).isPersisted
      .promise
    await todos.delete('a').isPersisted.promise
    await todos.insert(row).isPersisted.promise
  }
  expect((await queued()).slice(-3)).toEqual([
    ['PATCH', 'a', { title: 'B' }],
    ['DELETE', 'a', undefined],
    ['PUT', 'a', { title: 'A', done: 0, weight: 1.5 }],
  ])
})

test.each(ways)(
  'with %s a form takes a row as it was read, and a draft knows columns only',
  async (_, options) => {
    const { database, todos } = await openTodos(options)
    const form = createDraft(
      server,
      () => todos,
      () => 'a',
    )
    Object.assign(form.draft, todos.get('a'))
    expect([form.changed, form.errors, form.conflicts]).toEqual([false, {}, {}])
    Object.assign(form.draft, { ...todos.get('b'), id: 'a', title: 'Mine' })
    expect(virtualsOf(form.draft)).toEqual([])
    await database.execute("UPDATE todos SET title = 'Theirs', weight = 3 WHERE id = 'a'")
    await eventually(() => expect(todos.get('a')?.title).toBe('Theirs'))
    expect(Object.keys(form.conflicts).sort()).toEqual(['title', 'weight'])
    await form.save()?.isPersisted.promise
    expect(await database.get("SELECT title, done, weight FROM todos WHERE id = 'a'")).toEqual({
      title: 'Mine',
      done: 1,
      weight: 2.5,
    })
  },
)

test('serializeValue of getMeta leaves them out', async () => {
  const { todos } = await openTodos()
  expect(todos.utils.getMeta().serializeValue({ ...todos.get('a') })).toEqual({
    id: 'a',
    title: 'A',
    done: 0,
    list_id: null,
    weight: 1.5,
  })
})

test('any other name with a $ is a column, or none', async () => {
  const priced = new Schema({ goods: new Table({ $price: column.integer, $row: column.text }) })
  const database = await openDatabase(priced)
  await database.execute(`INSERT INTO goods(id, "$price") VALUES ('a', 5)`)
  const goods = createPowerSyncCollection({ database, table: priced.props.goods })
  await goods.preload()
  expect(goods.get('a')).toMatchObject({ $price: 5, $row: null })
  await upsert(goods, { ...goods.get('a')!, $price: 6 }).isPersisted.promise
  const form = createDraft(
    server,
    () => goods,
    () => 'a',
  )
  form.draft.$price = 7
  expect(form.draft).toEqual({ id: 'a', $price: 7, $row: null })
  await form.save()?.isPersisted.promise
  expect(await database.get('SELECT * FROM goods')).toEqual({ id: 'a', $price: 7, $row: null })
  expect(() => goods.insert({ id: 'b', $prize: 1 } as never)).toThrow('path: $prize')
})

test.each(['$synced', '$hasPendingWrites', '$origin', '$key', '$collectionId'])(
  'a table with a column %s is refused',
  async (name) => {
    const taken = new Schema({ goods: new Table({ [name]: column.text }) })
    const database = await openDatabase(taken)
    const make = () => createPowerSyncCollection({ database, table: taken.props.goods })
    expect(make).toThrow(
      expect.objectContaining({
        code: 'table-unsupported',
        message: expect.stringContaining(`\`${name}\``) as string,
      }),
    )
  },
)
