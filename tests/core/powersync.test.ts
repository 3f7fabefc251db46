import {
  createPowerSyncCollection,
  isRowsignalError,
  powerSyncCollectionOptions,
} from '@rowsignal/core'
import { CollectionImpl } from '@tanstack/db'
import type { PowerSyncDatabase } from '@powersync/node'
import { expect, test } from 'vitest'
import { sweepDeadTabs, TabMark } from '../../core/src/powersync.ts'
import { assertSupportedCollection } from '../../core/src/tanstack.ts'
import { openDatabase } from '../support/database.ts'
import { schema, trackingObjects } from '../support/todos.ts'

test('a database of an SDK without diff triggers is refused with its version', () => {
  const database = { sdkVersion: 'powersync-js/1.0.0', schema } as unknown as PowerSyncDatabase
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    /unsupported-powersync/,
  )
  expect(() => createPowerSyncCollection({ database, table: schema.props.todos })).toThrow(
    /powersync-js\/1\.0\.0/,
  )
})

test('a collection of another copy of @tanstack/db is refused', async () => {
  const folder = process.env['TANSTACK_DB'] === '0.15' ? 'tanstack-db-0-9' : '@tanstack/db'
  const entry = new URL(`../node_modules/${folder}/dist/esm/index.js`, import.meta.url)
  const other = (await import(/* @vite-ignore */ entry.href)) as typeof import('@tanstack/db')
  const database = await openDatabase(schema)
  const options = powerSyncCollectionOptions({ database, table: schema.props.todos })
  const make = async () => other.createCollection(options)
  const error: unknown = await make().catch((reason: unknown) => reason)
  expect(isRowsignalError(error, 'two-copies-of-tanstack-db')).toBe(true)
})

test('a table by its name alone is refused with what to pass', async () => {
  const database = await openDatabase(schema)
  expect(() => createPowerSyncCollection({ database, tableName: 'todos' } as never)).toThrow(
    /`table: schema\.props\.<name>`.*table-not-in-schema/,
  )
})

test('a collection whose state is not where the supported versions keep it is refused', () => {
  const foreign = Object.create(CollectionImpl.prototype, { id: { value: 'foreign' } }) as never
  expect(() => assertSupportedCollection(foreign)).toThrow(/`foreign`.*unsupported-tanstack-db/s)
})

test('tracking tables have names of their own for each tab and table', () => {
  const first = new TabMark()
  const second = new TabMark()
  const names = [first.nextDestination(), first.nextDestination(), second.nextDestination()]
  expect(new Set(names).size).toBe(3)
  for (const name of names) expect(name).toMatch(/^rowsignal_[0-9a-f_]+_\d+$/)
})

test('where there are no locks between tabs nothing is swept', async () => {
  const database = await openDatabase(schema)
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  await todos.preload()
  const before = await trackingObjects(database)
  expect(before).not.toEqual([])
  await sweepDeadTabs(database)
  expect(await trackingObjects(database)).toEqual(before)
})
