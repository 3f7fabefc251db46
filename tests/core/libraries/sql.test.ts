/** The SQL text of core, run: whatever names and ids are in it. */
import { column, ColumnType, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { expect, test } from 'vitest'
import {
  clearChanged,
  deleteRow,
  insertRows,
  quote,
  selectChanged,
  selectChunk,
  selectColumns,
  storedColumn,
  touchRows,
  updateRows,
} from '../../../core/src/libraries/sql.ts'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({ todos: new Table({ title: column.text, order: column.integer }) })
const stored = 'ps_data__todos'

async function openTracked(): Promise<PowerSyncDatabase> {
  const database = await openDatabase(schema)
  await database.execute(`CREATE TEMP TABLE ${quote('the "ids"')} (id TEXT)`)
  return database
}

async function put(database: PowerSyncDatabase, ...rows: [id: string, title: string][]) {
  const sql = insertRows('todos', ['id', 'title', 'order'])
  await database.execute(sql, [JSON.stringify(rows.map((row, order) => [...row, order]))])
}

test.each(['plain', 'two words', 'select', 'a"b', "a'b", 'a`b', '[a]', 'ä;--'])(
  'the name %s is quoted so that SQLite takes it as it is',
  async (name) => {
    const database = await openDatabase(schema)
    await database.execute(`CREATE TABLE ${quote(name)} (${quote(name)} TEXT)`)
    const tables = await database.getAll('SELECT name FROM sqlite_master WHERE name = ?', [name])
    expect(tables).toEqual([{ name }])
  },
)

test('rows of any number are one statement: inserted, changed by their ids, and told if they were not there', async () => {
  const database = await openTracked()
  await put(database, ['a', 'A'], ['b', 'B'])
  const found = await database.getAll(updateRows('todos', ['title', 'order']), [
    '[["b", "it’s \\"B\\"", 7], ["gone", "C", 8]]',
  ])
  expect(found).toEqual([{ id: 'b' }])
  expect(await database.getAll('SELECT * FROM todos ORDER BY id')).toEqual([
    { id: 'a', title: 'A', order: 0 },
    { id: 'b', title: 'it’s "B"', order: 7 },
  ])
  await database.execute(deleteRow('todos'), ['a'])
  await database.execute(touchRows(stored), ['[["b"]]'])
  expect(await database.getAll('SELECT id FROM todos')).toEqual([{ id: 'b' }])
})

test('each recorded id comes once with its newest data, of all tables in one statement, and a gone row as null', async () => {
  const database = await openTracked()
  await put(database, ['a', 'A'])
  const destination = 'the "ids"'
  await database.execute(`INSERT INTO ${quote(destination)} VALUES ('a'), ('gone'), ('a')`)
  const tables = [
    { destination, internalName: stored },
    { destination, internalName: stored },
  ]
  const read = () => database.getAll<{ position: number; changed: string }>(selectChanged(tables))
  const found = await read()
  expect(found.map(({ position }) => position)).toEqual([0, 1])
  for (const { changed } of found) {
    const rows = JSON.parse(changed) as [string, object | null][]
    expect(rows).toHaveLength(2)
    expect(Object.fromEntries(rows)).toMatchObject({ a: { title: 'A' }, gone: null })
  }
  await database.execute(clearChanged(destination))
  expect((await read()).map(({ changed }) => changed)).toEqual(['[]', '[]'])
})

test('chunks go on where the last one ended, by SQLite’s own order of texts and blobs', async () => {
  const database = await openTracked()
  await database.execute(
    `INSERT INTO ${stored}(id, data) VALUES ('z', NULL), ('a', '{}'), ('a' || char(0) || 'b', '{}'), (x'ff', '{}')`,
  )
  const chunk = async (sql: string, ...parameters: unknown[]) => {
    const { chunk: text } = await database.get<{ chunk: string | null }>(sql, parameters)
    return text === null ? null : (JSON.parse(text) as { rows: [string, unknown][]; last: string })
  }
  const seen: string[] = []
  let part = await chunk(selectChunk(stored, 'first'), 1, 1e9)
  while (part !== null && part.rows.length > 0) {
    seen.push(...part.rows.map(([id]) => id))
    part = await chunk(selectChunk(stored, 'next'), part.last, 1, 1e9)
  }
  expect(seen).toEqual(['a', 'a\0b', 'z', '\ufffdFF'])
  const any = await chunk(selectChunk(stored, 'any'), 2, 1e9)
  expect(any?.rows.map(([id]) => id)).toEqual(['z', 'a'])
  expect(await chunk(selectChunk(stored, 'first'), 4, 5)).toBeNull()
  expect(await chunk(selectChunk(stored, 'first'), 4, 6)).not.toBeNull()
})

test('chunks of the rows that a predicate takes go on in the same way', async () => {
  const database = await openTracked()
  await put(database, ['a', 'A'], ['b', 'B'], ['c', 'A'], ['d', 'A'])
  const predicate = `${storedColumn('title', ColumnType.TEXT)} = ?`
  const chunk = async (which: 'first' | 'next', ...parameters: unknown[]) => {
    const sql = selectChunk(stored, which, predicate)
    const { chunk: text } = await database.get<{ chunk: string }>(sql, parameters)
    const { rows, last } = JSON.parse(text) as { rows: [string, unknown][]; last: string }
    return { ids: rows.map(([id]) => id), last }
  }
  const first = await chunk('first', 'A', 2, 1e9)
  expect(first.ids).toEqual(['a', 'c'])
  expect((await chunk('next', first.last, 'A', 2, 1e9)).ids).toEqual(['d'])
})

test('columns are what the view shows, an integer as text, at the position of the id', async () => {
  const database = await openTracked()
  await database.execute(
    `INSERT INTO ${stored}(id, data) VALUES ('a', '{"title": 1.0, "order": 9007199254740993}')`,
  )
  const [table] = schema.tables
  const found = await database.getAll(selectColumns('todos', table!.columns), ['["gone", "a"]'])
  expect(found).toEqual([{ position: 1, c0: '1.0', c1: '9007199254740993' }])
})
