/** The mutations of a transaction as statements: as few as their order allows. */
import { column, Schema, Table } from '@powersync/common'
import { createPowerSyncCollection } from '@rowsignal/core'
import { createTransaction } from '@tanstack/db'
import { expect, test } from 'vitest'
import { statementsOf } from '../../../core/src/write/statements.ts'
import { openDatabase } from '../../support/database.ts'

const columns = { title: column.text, done: column.integer }
const schema = new Schema({
  todos: new Table(columns),
  lists: new Table(columns, { trackMetadata: true }),
})

async function open() {
  const database = await openDatabase(schema)
  await database.execute(
    `INSERT INTO todos(id, title) VALUES ('a', 'A'), ('b', 'B'), ('c', 'C'), ('d', 'D'), ('e', 'E')`,
  )
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await Promise.all([todos.preload(), lists.preload()])
  /** What a transaction comes to, which is then taken back. */
  const statements = (mutate: () => void) => {
    const transaction = createTransaction({ autoCommit: false, mutationFn: async () => {} })
    transaction.isPersisted.promise.catch(() => undefined)
    transaction.mutate(mutate)
    try {
      return statementsOf(transaction.mutations).map(({ kind, rows }) => [kind, rows])
    } finally {
      transaction.rollback()
    }
  }
  return { todos, lists, statements }
}

test('neighbours of one table, kind and set of columns are one statement, others are not', async () => {
  const { todos, lists, statements } = await open()
  const written = statements(() => {
    todos.update(['a', 'b'], (drafts) => drafts.forEach((draft) => (draft.done = 1)))
    todos.update('c', (draft) => (draft.title = 'D'))
    lists.insert([{ id: 'l', title: 'L' }, { id: 'm' }])
    todos.insert({ id: 'f' })
    todos.delete(['d', 'e'])
  })
  expect(written).toEqual([
    [
      'update of todos (done)',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ['update of todos (title)', [['c', 'D']]],
    [
      'insert of lists (title,done)',
      [
        ['l', 'L', null],
        ['m', null, null],
      ],
    ],
    ['insert of todos (title,done)', [['f', null, null]]],
    ['delete of todos', [['d'], ['e']]],
  ])
})

test('an update that comes to nothing touches its rows; a delete with metadata marks them', async () => {
  const { todos, lists, statements } = await open()
  expect(
    statements(() => {
      todos.update('a', (draft) => (draft.title = 'x'))
      todos.update('a', (draft) => (draft.title = 'A'))
    }),
  ).toEqual([['touch of todos', [['a']]]])
  await lists.insert({ id: 'l' }).isPersisted.promise
  expect(statements(() => lists.delete('l', { metadata: { by: 'me' } }))).toEqual([
    ['mark of lists (_deleted,_metadata)', [['l', 1, '{"by":"me"}']]],
  ])
})

test('metadata for a table that does not track it is refused before anything is written', async () => {
  const { todos, statements } = await open()
  expect(() => statements(() => todos.delete('a', { metadata: { by: 'me' } }))).toThrow(
    expect.objectContaining({ code: 'metadata-not-tracked' }),
  )
})
