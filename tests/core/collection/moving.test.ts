/** What differs from `@tanstack/powersync-db-collection` on purpose, and no other room shows. */
import {
  DEFAULT_BATCH_SIZE,
  powerSyncCollectionOptions,
  PowerSyncTransactor,
} from '@rowsignal/core'
import { createCollection } from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { insertTodos, schema } from '../../support/todos.ts'

const table = schema.props.todos

test('preload() rejects when onLoad fails, with what it threw as the cause, and the rows are there', async () => {
  const database = await openDatabase(schema)
  await insertTodos(database, 3)
  const cause = new Error('offline')
  const onLoad = (): Promise<void> => Promise.reject(cause)
  const todos = createCollection(powerSyncCollectionOptions({ database, table, onLoad }))
  await expect(todos.preload()).rejects.toMatchObject({ code: 'load-hook-failed', cause })
  await eventually(() => expect(todos.size).toBe(3))
})

test('the tracking table has a name once the collection has started', async () => {
  const database = await openDatabase(schema)
  const options = powerSyncCollectionOptions({ database, table, startSync: false })
  const todos = createCollection(options)
  expect(todos.utils.getMeta().trackedTableName).toBe('')
  await todos.preload()
  expect(todos.utils.getMeta().trackedTableName).toMatch(/^rowsignal_/)
})

test('a fraction in an integer column is refused at the call', async () => {
  const database = await openDatabase(schema)
  const todos = createCollection(powerSyncCollectionOptions({ database, table }))
  expect(() => todos.insert({ id: 'a', done: 0.5 })).toThrow(/whole number/)
})

test('metadata for a table that does not track it rejects the write', async () => {
  const database = await openDatabase(schema)
  const todos = createCollection(powerSyncCollectionOptions({ database, table }))
  const write = todos.insert({ id: 'a' }, { metadata: { why: 'test' } })
  await expect(write.isPersisted.promise).rejects.toMatchObject({ code: 'metadata-not-tracked' })
})

test('a chunk of the first read is ten times upstream’s, and the transactor has one method', () => {
  expect(DEFAULT_BATCH_SIZE).toBe(10_000)
  expect(Object.getOwnPropertyNames(PowerSyncTransactor.prototype)).toEqual([
    'constructor',
    'applyTransaction',
  ])
})
