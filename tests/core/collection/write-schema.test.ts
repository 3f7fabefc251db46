/** The schema as TanStack DB has it: the app's own, asked of columns alone, whose results are the collection's. */
import { column, Schema, Table } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { createPowerSyncCollection, jsonColumn } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { writeSchema } from '../../../core/src/collection/write-schema.ts'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'
import { unhandled } from '../../support/unhandled.ts'

const tagged = new Schema({ todos: new Table({ tags: column.text }) })

test('the schema of the collection is still the app’s, with all that it has', async () => {
  const strict = z.strictObject({
    id: z.string(),
    title: z.string().nullish(),
    done: z.number().nullish(),
    list_id: z.string().nullish(),
    weight: z.number().nullish(),
  })
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos, schema: strict })
  await todos.preload()
  const schemaOf = todos.config.schema as unknown as typeof strict
  expect(schemaOf.shape).toBe(strict.shape)
  expect(schemaOf.safeParse({ id: 'a', $synced: true }).success).toBe(false)
  class Todo {
    id = 'c'
    get title() {
      return 'of a class'
    }
  }
  await todos.insert(new Todo()).isPersisted.promise
  expect(todos.get('c')).toMatchObject({ title: 'of a class' })
})

test('a row given to an insert may change afterwards, in what is nested in it too', async () => {
  const database = await openDatabase(tagged)
  const todos = createPowerSyncCollection({
    database,
    table: tagged.props.todos,
    columns: { tags: jsonColumn<string[]>() },
  })
  const row = { id: 'a', tags: ['x'] }
  const write = todos.insert(row)
  row.tags.push('y')
  row.id = 'b'
  expect(todos.toArray).toMatchObject([{ id: 'a', tags: ['x'] }])
  await write.isPersisted.promise
  expect(todos.toArray).toMatchObject([{ id: 'a', tags: ['x'] }])
  expect(await database.getAll('SELECT id, tags FROM todos')).toEqual([{ id: 'a', tags: '["x"]' }])
})

test('the schema is asked of columns alone, and keeps its other parts', () => {
  const asked: unknown[] = []
  const custom = z.custom<object>((row) => asked.push(row) > 0)
  const written = writeSchema(custom)
  expect(written['~standard'].validate({ id: 'a', $synced: true, $key: 'a' })).toEqual({
    value: { id: 'a' },
  })
  expect(asked).toEqual([{ id: 'a' }])
  expect(written['~standard']).toMatchObject({ vendor: 'zod', version: 1 })
  expect(custom['~standard'].validate).not.toBe(written['~standard'].validate)
})

test('an asynchronous schema that rejects leaves no rejection to nobody', async () => {
  const refusing: StandardSchemaV1 = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: () => Promise.reject(new Error('offline')),
    },
  }
  const { validate } = writeSchema(refusing)['~standard']
  expect(await unhandled(() => expect(validate({ id: 'a' })).toBeInstanceOf(Promise))).toEqual([])
})
