/** What an app says of its rows is checked when the collection is made. */
import { column, Schema, Table } from '@powersync/common'
import {
  booleanColumn,
  createPowerSyncCollection,
  dateColumn,
  isRowsignalError,
  jsonColumn,
} from '@rowsignal/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { sqlColumns } from '../../../core/src/codec/row-options.ts'
import { openDatabase } from '../../support/database.ts'

const schema = new Schema({ todos: new Table({ done: column.integer, due: column.text }) })
const table = schema.props.todos
const columns = { done: booleanColumn(), due: dateColumn() }

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
  } catch (error) {
    return isRowsignalError(error) ? error.code : undefined
  }
}

test('options that contradict each other or the table are refused when the collection is made', async () => {
  const database = await openDatabase(schema)
  // What TypeScript refuses, too.
  const make = (options: object) => (): unknown =>
    createPowerSyncCollection({ database, table, ...options })
  const withSchema = { schema: z.object({ id: z.string() }) }
  expect(codeOf(make({ columns, ...withSchema }))).toBe('options-conflict')
  expect(codeOf(make({ columns, serializer: {} }))).toBe('options-conflict')
  expect(codeOf(make({ deserializationSchema: withSchema.schema }))).toBe('options-conflict')
  expect(codeOf(make({ columns: { titel: dateColumn() } }))).toBe('column-not-in-schema')
  expect(codeOf(make({ columns: { id: jsonColumn() } }))).toBe('column-not-in-schema')
  expect(codeOf(make({ ...withSchema, serializer: { titel: String } }))).toBe(
    'column-not-in-schema',
  )
  expect(codeOf(make({ columns: { done: jsonColumn() } }))).toBe('column-type-mismatch')
  expect(codeOf(make({ columns: { due: booleanColumn() } }))).toBe('column-type-mismatch')
})

test.each(['a.b', 'a[0]', '"a'])('a column named %s is refused', async (name) => {
  const unreadable = new Schema({ todos: new Table({ [name]: column.text }) })
  const database = await openDatabase(unreadable)
  const table = unreadable.props.todos
  const make = (): unknown => createPowerSyncCollection({ database, table })
  expect(codeOf(make)).toBe('table-unsupported')
  expect(make).toThrow(`column \`${name}\` of table \`todos\``)
})

test('SQLite may compare what is shown as it is and what a helper describes, and nothing of a schema', () => {
  const [resolved] = new Schema({
    todos: new Table({
      title: column.text,
      weight: column.real,
      done: column.integer,
      due: column.text,
      tags: column.text,
    }),
  }).tables
  const helpers = { done: booleanColumn(), due: dateColumn(), tags: jsonColumn() }
  const compared = sqlColumns(resolved!, { columns: helpers })
  expect(Object.fromEntries(compared)).toEqual({
    title: { type: 'TEXT', comparedAs: 'text' },
    weight: { type: 'REAL', comparedAs: 'number' },
    done: { type: 'INTEGER', comparedAs: 'boolean' },
    due: { type: 'TEXT', comparedAs: 'date' },
  })
  expect(sqlColumns(resolved!, { schema: z.object({ id: z.string() }) }).size).toBe(0)
})
