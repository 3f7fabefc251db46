import { column, type PowerSyncDatabase, Schema, Table } from '@powersync/web'
import { createPowerSyncCollection, upsert } from '@rowsignal/core'
import type { Transaction } from '@tanstack/db'
import { expectTypeOf, test } from 'vitest'

const schema = new Schema({ todos: new Table({ title: column.text, done: column.integer }) })
declare const database: PowerSyncDatabase
const todos = createPowerSyncCollection({ database, table: schema.props.todos })

test('an upsert takes what an insert takes', () => {
  expectTypeOf(upsert(todos, { id: 'a', title: 'A' })).toEqualTypeOf<Transaction>()
  upsert(todos, [{ id: 'a' }, { id: 'b', done: 1 }])
  // @ts-expect-error -- the column holds a number
  upsert(todos, { id: 'a', done: 'yes' })
  // @ts-expect-error -- a row has an id
  upsert(todos, { title: 'A' })
  // @ts-expect-error -- the table has no such column
  upsert(todos, { id: 'a', titel: 'A' })
})
