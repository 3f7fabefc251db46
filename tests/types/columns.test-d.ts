import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  bigintColumn,
  booleanColumn,
  createPowerSyncCollection,
  dateColumn,
  enumColumn,
  jsonColumn,
  powerSyncCollectionOptions,
  row,
  rows,
} from '@rowsignal/core'
import type { Readable } from '@rowsignal/core'
import { useRow, useRows } from '@rowsignal/vue'
import { createCollection, createLiveQueryCollection, eq, gt } from '@tanstack/db'
import type { WithVirtualProps } from '@tanstack/db'
import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'

declare const database: PowerSyncDatabase

const schema = new Schema({
  lists: new Table({ name: column.text, shared: column.integer }),
  todos: new Table({
    title: column.text,
    done: column.integer,
    due: column.text,
    tags: column.text,
    size: column.integer,
    state: column.text,
    list_id: column.text,
    weight: column.real,
  }),
})

const columns = {
  done: booleanColumn(),
  due: dateColumn(),
  tags: jsonColumn<string[]>(),
  size: bigintColumn(),
  state: enumColumn('open', 'done'),
}

interface Todo {
  id: string
  title: string | null
  done: boolean | null
  due: Date | null
  tags: string[] | null
  size: bigint | null
  state: 'open' | 'done' | null
  list_id: string | null
  weight: number | null
}

type Input = Pick<Todo, 'id'> & Partial<Omit<Todo, 'id'>>

const todos = createPowerSyncCollection({ database, table: schema.props.todos, columns })
const lists = createPowerSyncCollection({
  database,
  table: schema.props.lists,
  columns: { shared: booleanColumn() },
})

test('helpers give their columns a type, and the others keep theirs', () => {
  expectTypeOf(todos.get('a')).branded.toEqualTypeOf<WithVirtualProps<Todo, string> | undefined>()
  expectTypeOf(rows(todos)).toExtend<Readable<readonly Todo[]>>()
  expectTypeOf(row(todos, 'a')).toExtend<Readable<Todo | undefined>>()
  todos.subscribe((list) => expectTypeOf(list).branded.toEqualTypeOf<readonly Todo[]>())
})

test('writes take the same types, and columns may be left out', () => {
  expectTypeOf(todos.insert).parameter(0).branded.toEqualTypeOf<Input | Input[]>()
  todos.insert({ id: 'a', done: true, due: new Date(), tags: ['x'], size: 1n, state: 'open' })
  todos.insert({ id: 'a', done: null, due: null })
  // @ts-expect-error SQLite’s own type is not the column’s any more
  todos.insert({ id: 'a', done: 1 })
  // @ts-expect-error not one of the values
  todos.insert({ id: 'a', state: 'closed' })
  todos.update('a', (draft) => {
    expectTypeOf(draft.due).toEqualTypeOf<Date | null | undefined>()
    expectTypeOf(draft.tags).toEqualTypeOf<string[] | null | undefined>()
    draft.tags?.push('y')
    draft.done = false
  })
})

test('the options give createCollection the same types', () => {
  const made = createCollection(
    powerSyncCollectionOptions({ database, table: schema.props.todos, columns }),
  )
  expectTypeOf(made.get('a')).branded.toEqualTypeOf<WithVirtualProps<Todo, string> | undefined>()
  expectTypeOf(made.insert).parameter(0).branded.toEqualTypeOf<Input | Input[]>()
})

test('a helper that does not fit the column, or names none, is refused', () => {
  const table = schema.props.todos
  // @ts-expect-error JSON in an INTEGER column
  createPowerSyncCollection({ database, table, columns: { done: jsonColumn() } })
  // @ts-expect-error a boolean in a TEXT column
  createPowerSyncCollection({ database, table, columns: { title: booleanColumn() } })
  // @ts-expect-error no such column
  createPowerSyncCollection({ database, table, columns: { titel: dateColumn() } })
  // @ts-expect-error the id is text
  createPowerSyncCollection({ database, table, columns: { id: jsonColumn() } })
})

test('helpers and a schema exclude each other', () => {
  const table = schema.props.lists
  const schemaOfLists = z.object({ id: z.string(), name: z.string(), shared: z.number() })
  createPowerSyncCollection({
    database,
    table,
    schema: schemaOfLists,
    // @ts-expect-error the rows would be described twice
    columns: { shared: booleanColumn() },
  })
})

test('a schema for JSON gives its type', () => {
  const place = z.object({ lat: z.number(), lng: z.number() })
  const places = createPowerSyncCollection({
    database,
    table: schema.props.lists,
    columns: { name: jsonColumn(place) },
  })
  expectTypeOf(places.toArray[0]!.name).toEqualTypeOf<{ lat: number; lng: number } | null>()
})

test('rich types go through where, joins, select and findOne', () => {
  const open = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.done, false))
      .where(({ todo }) => gt(todo.due, new Date()))
      .where(({ todo }) => eq(todo.state, 'open'))
      .select(({ todo }) => ({
        id: todo.id,
        due: todo.due,
        done: todo.done,
        size: todo.size,
        state: todo.state,
        weight: todo.weight,
      })),
  )
  expectTypeOf(open.toArray[0]!.id).toEqualTypeOf<string>()
  expectTypeOf(open.toArray[0]!.due).toEqualTypeOf<Date | null>()
  expectTypeOf(open.toArray[0]!.done).toEqualTypeOf<boolean | null>()
  expectTypeOf(open.toArray[0]!.size).toEqualTypeOf<bigint | null>()
  expectTypeOf(open.toArray[0]!.state).toEqualTypeOf<'open' | 'done' | null>()
  expectTypeOf(open.toArray[0]!.weight).toEqualTypeOf<number | null>()

  const joined = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .leftJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id))
      .select(({ todo, list }) => ({ due: todo.due, shared: list?.shared })),
  )
  expectTypeOf(joined.toArray[0]!.due).toEqualTypeOf<Date | null>()
  expectTypeOf(joined.toArray[0]!.shared).toEqualTypeOf<boolean | null | undefined>()

  const one = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .where(({ todo }) => eq(todo.id, 'a'))
      .findOne(),
  )
  expectTypeOf(one.toArray[0]!.due).toEqualTypeOf<Date | null>()
  expectTypeOf(rows(open)).toExtend<Readable<readonly { due: Date | null }[]>>()
})

test('hooks of a framework give the rows their types', () => {
  const view = useRows(todos)
  expectTypeOf(view.rows.value[0]!.due).toEqualTypeOf<Date | null>()
  expectTypeOf(view.data.value[0]!.tags).toEqualTypeOf<string[] | null>()
  const todo = useRow(todos, 'a')
  expectTypeOf(todo.value?.size).toEqualTypeOf<bigint | null | undefined>()
})
