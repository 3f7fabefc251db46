import {
  createPowerSyncCollection,
  isRowsignalError,
  powerSyncCollectionOptions,
} from '@rowsignal/core'
import * as db from '@tanstack/db'
import { CollectionImpl } from '@tanstack/db'
import { expect, test } from 'vitest'
import { assertSupportedCollection } from '../../../core/src/libraries/tanstack.ts'
import { openDatabase } from '../../support/database.ts'
import { schema } from '../../support/todos.ts'

test('this run is on the version of @tanstack/db that it says, in one copy', async () => {
  const is015 = 'DuplicateTransactionIdError' in db
  expect(is015 ? '0.15' : '0.9').toBe(process.env['TANSTACK_DB'])
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  expect(todos).toBeInstanceOf(CollectionImpl)
})

test('a collection of another copy of @tanstack/db is refused', async () => {
  const folder = process.env['TANSTACK_DB'] === '0.15' ? 'tanstack-db-0-9' : '@tanstack/db'
  const entry = new URL(`../../node_modules/${folder}/dist/esm/index.js`, import.meta.url)
  const other = (await import(/* @vite-ignore */ entry.href)) as typeof import('@tanstack/db')
  const database = await openDatabase(schema)
  const options = powerSyncCollectionOptions({ database, table: schema.props.todos })
  const make = async () => other.createCollection(options)
  const error: unknown = await make().catch((reason: unknown) => reason)
  expect(isRowsignalError(error, 'two-copies-of-tanstack-db')).toBe(true)
})

test('a collection whose state is not where the supported versions keep it is refused', () => {
  const foreign = Object.create(CollectionImpl.prototype, { id: { value: 'foreign' } }) as never
  expect(() => assertSupportedCollection(foreign)).toThrow(/`foreign`.*unsupported-tanstack-db/s)
})
