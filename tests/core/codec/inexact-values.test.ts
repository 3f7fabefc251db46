/** Values that `JSON.parse` can't carry are read once more; rows without one cost SQLite nothing. */
import { column, Schema, Table } from '@powersync/common'
import { expect, test, vi } from 'vitest'
import { readInexactValues } from '../../../core/src/codec/inexact-values.ts'
import type { AnyRow } from '../../../core/src/libraries/tanstack.ts'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({
  items: new Table({ text: column.text, integer: column.integer, real: column.real }),
})

/** Stores these JSON texts, reads them as both reading paths do, and says how many statements that took. */
async function read(stored: Record<string, string>) {
  const database = await openDatabase(schema)
  for (const [id, data] of Object.entries(stored)) {
    await database.execute('INSERT INTO ps_data__items(id, data) VALUES (?, ?)', [id, data])
  }
  const table = database.schema.tables.find(({ name }) => name === 'items')!
  const rows = new Map<string, AnyRow | null>(
    Object.entries(stored).map(([id, data]) => [id, JSON.parse(data) as AnyRow]),
  )
  const statements = await database.writeLock(async (lock) => {
    const asked = vi.spyOn(lock, 'getAll')
    await readInexactValues(lock, table, rows)
    return asked.mock.calls.length
  })
  return { rows, statements }
}

test('rows that JSON carries as they are ask SQLite nothing', async () => {
  const { rows, statements } = await read({
    a: '{"text": "1.0", "integer": 9007199254740991, "real": 1.5}',
    b: '{"text": null, "integer": "12", "real": "2.5"}',
    c: '{"text": true, "integer": false, "more": 1e999}',
  })
  expect(statements).toBe(0)
  expect(rows.get('a')).toEqual({ text: '1.0', integer: 2 ** 53 - 1, real: 1.5 })
})

test('the others are what the view shows, by one statement, in the columns that are inexact', async () => {
  const { rows, statements } = await read({
    a: '{"text": 1.0, "integer": 1}',
    b: '{"text": "as\\u0000it is", "integer": 9007199254740993}',
    c: '{"text": "plain", "integer": 2}',
    d: '{"text": {"b": 1.0, "a": 2e0}, "real": "0.1234567890123456789012345"}',
  })
  expect(statements).toBe(1)
  expect(rows.get('a')).toEqual({ text: '1.0', integer: 1 })
  expect(rows.get('b')).toEqual({ text: 'as\0it is', integer: '9007199254740993' })
  expect(rows.get('c')).toEqual({ text: 'plain', integer: 2 })
  expect(rows.get('d')).toMatchObject({ text: '{"b":1.0,"a":2e0}', real: 0.12345678901234568 })
})

test('rows that are gone are left alone', async () => {
  const database = await openDatabase(schema)
  const rows = new Map<string, AnyRow | null>([['a', null]])
  const [table] = database.schema.tables
  await database.writeLock((lock) => readInexactValues(lock, table!, rows))
  expect([...rows]).toEqual([['a', null]])
})
