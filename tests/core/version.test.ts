import { powerSyncCollectionOptions } from '@rowsignal/core'
import * as db from '@tanstack/db'
import { expect, test } from 'vitest'

test('this run is on the version of @tanstack/db that it says, in one copy', () => {
  const is015 = 'DuplicateTransactionIdError' in db
  expect(is015 ? '0.15' : '0.9').toBe(process.env['TANSTACK_DB'])
  expect(powerSyncCollectionOptions).toBeTypeOf('function')
})
