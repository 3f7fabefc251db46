import { column, Schema, Table } from '@powersync/common'
import { isRowsignalError, rowsignalTables } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { sweepDeadTabs } from '../../../core/src/libraries/tabs.ts'
import { refusedTableOf } from '../../../core/src/outbox/tables.ts'
import { openDatabase } from '../../support/database.ts'
import { useTabLocks } from '../../support/tab-locks.ts'

const todos = new Table({ title: column.text })

test('the sweep of dead tabs leaves the table of refused writes alone, and what is in it', async () => {
  useTabLocks()
  const database = await openDatabase(new Schema({ todos, ...rowsignalTables }))
  await database.execute("INSERT INTO rowsignal_refused (id, reason) VALUES ('c/1', 'no')")
  const dead = 'rowsignal_00000000_0000_0000_0000_000000000000_1'
  await database.execute(`CREATE TABLE ${dead} (id TEXT)`)
  await sweepDeadTabs(database)
  expect(await database.getAll('SELECT reason FROM rowsignal_refused')).toEqual([{ reason: 'no' }])
  expect(await database.getAll('SELECT 1 FROM sqlite_master WHERE name = ?', [dead])).toEqual([])
})

test.each([
  ['has no such table', new Schema({ todos })],
  [
    'has it as a table that is synced',
    new Schema({ todos, rowsignal_refused: new Table({ reason: column.text }) }),
  ],
])('a schema that %s is told what to add', async (_what, schema) => {
  const database = await openDatabase(schema)
  const error = await Promise.resolve()
    .then(() => refusedTableOf(database))
    .catch((reason: unknown) => reason)
  expect(isRowsignalError(error, 'refused-table-missing')).toBe(true)
  expect(String(error)).toContain('...rowsignalTables')
})
