/** What a built query says: which collections it reads, which queries are alike, by what key. */
import { liveQuery } from '@rowsignal/core'
import { eq, Query, toArray } from '@tanstack/db'
import { expect, test } from 'vitest'
import { type AnyQuery, queryOf } from '../../../core/src/libraries/tanstack.ts'
import { describeQuery } from '../../../core/src/query/query-ir.ts'
import { openTodos, type Todo } from '../../support/synced-collection.ts'

test('rows of a query keep the key of their source, also under another name', async () => {
  const { todos } = openTodos(['a', 'b'])
  const same = liveQuery((q) => q.from({ todo: todos }))
  const renamed = liveQuery((q) =>
    q.from({ todo: todos }).select(({ todo }) => ({ name: todo.title, key: todo.id })),
  )
  await Promise.all([same.preload(), renamed.preload()])
  expect([[...same.keys()], [...renamed.keys()]]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ])
  expect(renamed.get('b')).toMatchObject({ name: 'title b', key: 'b' })
})

test('a query whose rows have no key of their source keeps the keys of @tanstack/db', async () => {
  const { todos } = openTodos(['a', 'b'])
  const titles = liveQuery((q) =>
    q.from({ todo: todos }).select(({ todo }) => ({ id: todo.title })),
  )
  const notes = liveQuery((q) =>
    q
      .from({ todo: todos })
      .select(({ todo }) => ({ note: todo.note }))
      .distinct(),
  )
  await Promise.all([titles.preload(), notes.preload()])
  expect([...titles.keys()]).toEqual(['a', 'b'])
  expect(notes.size).toBe(1)
})

type Selected = (todo: Todo) => object

test.each<[what: string, select: Selected, by: string | undefined]>([
  ['the row itself', (todo) => todo, 'id'],
  ['a copy', (todo) => ({ ...todo }), 'id'],
  ['a copy with more', (todo) => ({ ...todo, name: todo.title }), 'id'],
  ['a copy with the key again', (todo) => ({ ...todo, name: todo.id }), 'id'],
  ['another key under a copy', (todo) => Object.assign({ id: todo.title }, { ...todo }), 'id'],
  [
    'a name of the key under a copy',
    (todo) => Object.assign({ title: todo.id }, { ...todo }),
    'id',
  ],
  ['another key over a copy', (todo) => ({ ...todo, id: todo.title }), undefined],
  [
    'another key over a copy, and its own',
    (todo) => ({ ...todo, id: todo.title, key: todo.id }),
    'key',
  ],
])('rows that are copied whole keep their key: %s', async (_, select, by) => {
  const { todos } = openTodos(['a', 'b'])
  const query = new Query()
    .from({ todo: todos })
    .select(({ todo }) => select(todo as never) as { id: string })
  const rows = liveQuery(() => query)
  await rows.preload()
  expect([...rows.keys()]).toEqual(['a', 'b'])
  const { key } = describeQuery(queryOf(query))
  expect(key.getKey?.({ id: 'id', title: 'title', key: 'key' })).toBe(by)
})

const named = (name: string) => ({ name, collection: openTodos([]).todos })
const [one, two, three] = [named('one'), named('two'), named('three')]
const nameOf = (collection: unknown) =>
  [one, two, three].find((source) => source.collection === collection)?.name

const [a, b, c] = [one.collection, two.collection, three.collection]
const q = new Query()

test.each<[what: string, query: AnyQuery, read: string]>([
  ['of one', q.from({ a }), 'one'],
  ['of a join', q.from({ a }).join({ b }, ({ a: x, b: y }) => eq(x.id, y.id)), 'one two'],
  [
    'of a subquery, and a join with one',
    q
      .from({ x: new Query().from({ b }) })
      .join({ y: new Query().from({ c }) }, ({ x, y }) => eq(x.id, y.id)),
    'two three',
  ],
  [
    'in a select, at any depth',
    q.from({ a }).select(({ a: row }) => ({
      id: row.id,
      deep: {
        more: toArray(new Query().from({ c }).where(({ c: other }) => eq(other.id, row.id))),
      },
    })),
    'one three',
  ],
  [
    'of the same twice',
    q.from({ a }).join({ b: a }, ({ a: x, b: y }) => eq(x.id, y.id)),
    'one one',
  ],
])('the collections that a query reads are told in order: %s', (_, query, read) => {
  expect(describeQuery(queryOf(query)).read.map(nameOf).join(' ')).toBe(read)
})

test('a query that can’t be compared has no structure', () => {
  const isFirst = (): boolean => true
  const inside = new Query().from({ x: new Query().from({ a }).fn.where(isFirst) })
  expect(describeQuery(queryOf(inside)).structure).toBeUndefined()
  const { structure } = describeQuery(queryOf(new Query().from({ a }).fn.where(isFirst)))
  expect(structure?.functions).toContain(isFirst)
})
