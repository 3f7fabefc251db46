import { createPowerSyncCollection } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'

test('a database of an SDK without diff triggers is refused with its version', () => {
  const database = { sdkVersion: 'powersync-js/1.0.0', schema } as unknown as PowerSyncDatabase
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    /unsupported-powersync/,
  )
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    /powersync-js\/1\.0\.0/,
  )
})

test('a table by its name alone is refused with what to pass', async () => {
  const database = await openDatabase(schema)
  expect(() => createPowerSyncCollection({ database, tableName: 'todos' } as never)).toThrow(
    /`table: schema\.props\.<name>`.*table-not-in-schema/,
  )
})
