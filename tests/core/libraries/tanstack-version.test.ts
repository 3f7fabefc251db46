import { createPowerSyncCollection } from '@rowsignal/core'
import * as db from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'

test('this run is on the version of @tanstack/db that it says, in one copy', async () => {
  const is015 = 'DuplicateTransactionIdError' in db
  expect(is015 ? '0.15' : '0.9').toBe(process.env['TANSTACK_DB'])
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  expect(todos).toBeInstanceOf(db.CollectionImpl)
})
