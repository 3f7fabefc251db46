import { column, type PowerSyncDatabase, Schema, Table } from '@powersync/web'
import { createPowerSyncCollection, transact, upsert } from '@rowsignal/core'
import type { Transaction } from '@tanstack/db'
import { expectTypeOf, test } from 'vitest'

const schema = new Schema({ todos: new Table({ title: column.text }) })
declare const database: PowerSyncDatabase
declare const anything: () => any // oxlint-disable-line typescript/no-explicit-any
const todos = createPowerSyncCollection({ database, table: schema.props.todos })

test('a transact takes a function that ends before it returns, whatever that returns', () => {
  expectTypeOf(transact(() => {})).toEqualTypeOf<Transaction>()
  transact(() => todos.insert({ id: 'a' }))
  transact(() => transact(() => upsert(todos, { id: 'a' })))
  transact(() => [1].map((count) => todos.insert({ id: `${count}` })))
  transact(() => (todos.has('a') ? todos.delete('a') : undefined))
  transact(() => void Promise.resolve())
  transact(() => {
    throw new Error('changed my mind')
  })
  transact(anything)
  const later: () => void = () => {}
  transact(later)
})

test('an asynchronous function is refused', () => {
  // @ts-expect-error -- what comes after an `await` would be no part of the transaction
  transact(async () => {})
  // @ts-expect-error -- the same
  transact(async () => todos.insert({ id: 'a' }))
  // @ts-expect-error -- the same
  transact(() => todos.insert({ id: 'a' }).isPersisted.promise)
  // @ts-expect-error -- the same
  transact(() => (todos.has('a') ? Promise.resolve() : undefined))
})
