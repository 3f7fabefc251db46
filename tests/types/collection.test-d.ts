import { column, Schema, Table } from '@powersync/common'
import {
  createPowerSyncCollection,
  powerSyncCollectionOptions,
  row,
  rows,
  type Readable,
} from '@rowsignal/core'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  createCollection,
  createLiveQueryCollection,
  eq,
  type WithVirtualProps,
} from '@tanstack/db'
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

test('a schema gives the row its own types', () => {
  interface Rich {
    id: string
    title: string
    done: boolean
  }
  const rich = {} as StandardSchemaV1<{ id: string; title: string; done?: boolean }, Rich>
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    schema: rich,
    serializer: { done: (done) => (done ? 1 : 0) },
    onDeserializationError: ({ issues }) =>
      expectTypeOf(issues).toExtend<readonly StandardSchemaV1.Issue[]>(),
  })
  expectTypeOf(todos.get('a')).branded.toEqualTypeOf<WithVirtualProps<Rich, string> | undefined>()
  todos.insert({ id: 'a', title: 'x' })
  // @ts-expect-error the schema asks for a title
  todos.insert({ id: 'a' })
  createPowerSyncCollection({
    database,
    table: schema.props.todos,
    schema: rich,
    // @ts-expect-error a serializer gives a value that SQLite takes
    serializer: { done: (done) => done },
  })
})

test('the options keep their types through createCollection and queries', () => {
  const todos = createCollection(
    powerSyncCollectionOptions({ database, table: schema.props.todos }),
  )
  expectTypeOf(todos.get('a')).branded.toEqualTypeOf<WithVirtualProps<Todo, string> | undefined>()
  expectTypeOf(todos.utils.isHeld()).toEqualTypeOf<boolean>()
  const open = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.done, 0))
      .select(({ todo }) => ({ id: todo.id, title: todo.title })),
  )
  expectTypeOf(open.toArray[0]!.title).toEqualTypeOf<string | null>()
})

test('the only sync mode is eager', () => {
  // @ts-expect-error not supported yet
  createPowerSyncCollection({ database, table: schema.props.todos, syncMode: 'on-demand' })
})
