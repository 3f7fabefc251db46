/** The order of keys is read again where it can have changed, and only there. */
import { type Collection, createLiveQueryCollection } from '@tanstack/db'
import * as fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { type KeyedRows, keyedRows } from '../../../core/src/rows/keyed-rows.ts'
import { openTodos, todo, type SyncedTodos, type Todo } from '../../support/synced-collection.ts'

const letters = 'abcdefghij'.split('')

const queries = {
  'all columns': ({ todos }: SyncedTodos) =>
    createLiveQueryCollection((q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.rank)),
  'without the column of the order': ({ todos }: SyncedTodos) =>
    createLiveQueryCollection((q) =>
      q
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank)
        .select(({ todo }) => ({ id: todo.id, title: todo.title })),
    ),
  'the first rows': ({ todos }: SyncedTodos) =>
    createLiveQueryCollection((q) =>
      q
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank, 'desc')
        .limit(6),
    ),
}

test.each(Object.entries(queries))('%s: an update in its place reads no order', (_, create) => {
  const source = openTodos(letters)
  const query = create(source)
  const keyed = keyedRows(query)
  onTestFinished(keyed.listen(() => {}))
  const { length } = keyed.keys()
  const read = vi.spyOn(query._state.syncedData, 'keys')
  source.put(todo('f', { rank: 5, title: 'changed' }))
  source.put(todo('g', { rank: 6.5, title: 'changed' })) // another place in numbers, the same among the others
  expect([keyed.keys().length, read.mock.calls.length]).toEqual([length, 0])
  source.put(todo('f', { rank: 8.5, title: 'moved' }))
  expect([...keyed.keys()]).toEqual([...query.keys()])
  expect(read.mock.calls.length).toBeGreaterThan(0)
})

const change = fc.record({
  kind: fc.constantFrom('put', 'put', 'put', 'remove', 'optimistic', 'delete', 'settle', 'refuse'),
  rows: fc.array(
    fc.record({ id: fc.constantFrom(...letters), rank: fc.nat(9), title: fc.nat(2) }),
    {
      minLength: 1,
      maxLength: 10,
    },
  ),
})

/** Whatever is shown is a collection: a query of these rows, or the rows themselves. */
const collections: Record<string, (source: SyncedTodos) => Collection<Todo, string>> = {
  ...(queries as object),
  'a collection without an order': ({ todos }) => todos,
}

test.each(Object.entries(collections))(
  '%s: the order is that of the collection after each commit',
  async (_, create) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 15 }),
        fc.constantFrom(3, 5, Infinity),
        (steps, end) => {
          const source = openTodos(letters.slice(0, 7))
          const query = create(source)
          const keyed = keyedRows(query) as KeyedRows<object, string | number>
          const stop = keyed.listen(() => {
            keyed.keys(end)
          })
          keyed.keys(end)
          const stopAll = query.subscribeChanges(() => {})
          for (const { kind, rows } of steps) {
            const [first] = rows
            if (kind === 'put') {
              const byId = new Map(
                rows.map(({ id, ...row }) => [id, { ...row, title: `${row.title}` }]),
              )
              source.commit(({ write }) => {
                for (const [id, row] of byId) write({ type: 'update', value: todo(id, row) })
              })
            } else if (kind === 'remove') {
              if (source.todos.has(first!.id)) source.remove(first!.id)
            } else if (kind === 'optimistic') {
              const { id, rank } = first!
              if (source.todos.has(id)) source.todos.update(id, (draft) => void (draft.rank = rank))
              else source.todos.insert(todo(id, { rank }))
            } else if (kind === 'delete') {
              if (source.todos.has(first!.id)) source.todos.delete(first!.id)
            } else source.settle(kind === 'refuse' ? new Error('refused') : undefined)
            expect(keyed.keys(end).slice(0, end)).toEqual([...query.keys()].slice(0, end))
          }
          stop()
          stopAll.unsubscribe()
          return Promise.resolve()
        },
      ),
      { seed: 1, numRuns: 150 },
    )
  },
)
