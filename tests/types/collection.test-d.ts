import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection, row, rows, type Readable } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import type { WithVirtualProps } from '@tanstack/db'
import { expectTypeOf, test } from 'vitest'

declare const database: PowerSyncDatabase

const schema = new Schema({
  todos: new Table({ title: column.text, done: column.integer, weight: column.real }),
})

interface Todo {
  id: string
  title: string | null
  done: number | null
  weight: number | null
}

test('a row has SQLite’s types and every column', () => {
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  expectTypeOf(todos.get('a')).branded.toEqualTypeOf<WithVirtualProps<Todo, string> | undefined>()
  expectTypeOf(rows(todos)).toExtend<Readable<readonly Todo[]>>()
  expectTypeOf(row(todos, 'a')).toExtend<Readable<Todo | undefined>>()
  todos.subscribe((list) => expectTypeOf(list).toExtend<readonly Todo[]>())
})

test('an insert may leave columns out and nothing else', () => {
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  todos.insert({ id: 'a' })
  todos.insert({ id: 'a', title: null, done: 1 })
  // @ts-expect-error the id is missing
  todos.insert({ title: 'x' })
  // @ts-expect-error no such column
  todos.insert({ id: 'a', titel: 'x' })
  // @ts-expect-error a boolean is not one of SQLite's types
  todos.insert({ id: 'a', done: true })
  todos.update('a', (draft) => {
    expectTypeOf(draft.title).toEqualTypeOf<string | null | undefined>() // what an insert takes, an update takes
  })
})

test('a sync mode is one of three', () => {
  createPowerSyncCollection({ database, table: schema.props.todos, syncMode: 'on-demand' })
  createPowerSyncCollection({ database, table: schema.props.todos, syncMode: 'progressive' })
  // @ts-expect-error no such mode
  createPowerSyncCollection({ database, table: schema.props.todos, syncMode: 'lazy' })
})
