import { batch, rows, type RowCollection } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { SeededCollection } from '../../../core/src/seed/seeded-rows.ts'
import { openSlowTodos, openTodos, todo, type Todo } from '../../support/synced-collection.ts'

const open = (source: RowCollection<Todo, string>, seeded: readonly Todo[]) =>
  new SeededCollection(source, {
    rows: new Map(seeded.map((row) => [row.id, row])),
    size: seeded.length,
  })

/** The rows that a readable tells of, each time. */
function follow(collection: RowCollection<Todo, string>) {
  const told: string[] = []
  const titles = (all: readonly Todo[]) => all.map(({ title }) => title).join()
  const stop = rows(collection).subscribe((all) => void told.push(titles(all)))
  return { told, stop }
}

test('the rows of a collection replace those of its seed in one change', () => {
  const { todos, finish } = openSlowTodos(['a', 'b', 'c'])
  const { told, stop } = follow(open(todos, [todo('c', { title: 'old' }), todo('z')]))
  finish()
  expect(told).toEqual(['old,title z', 'title a,title b,title c'])
  stop()
  expect(todos.subscriberCount).toBe(0)
})

test('in one change with others of the same batch', () => {
  const [left, right] = [openSlowTodos(['a']), openSlowTodos(['b'])]
  const log: string[] = []
  const all = [left, right].map(({ todos }) => rows(open(todos, [todo('z')])))
  const note = (): void => void log.push(all.map((one) => one.get()[0]?.id).join())
  const stops = all.map((one) => one.listen(note))
  batch(() => {
    left.finish()
    right.finish()
  })
  expect(log).toEqual(['a,b', 'a,b'])
  stops.forEach((stop) => stop())
})

test('a seed that was replaced is never shown again', async () => {
  const { todos, finish } = openSlowTodos(['a'])
  const seeded = open(todos, [todo('z')])
  const { told, stop } = follow(seeded)
  finish()
  stop()
  await todos.cleanup()
  expect([[...seeded.keys()], seeded.isSeed]).toEqual([[], false])
  expect(told).toEqual(['title z', 'title a'])
})

test('a collection that has been read while nobody followed it is shown as it is', () => {
  const { todos } = openTodos(['a'])
  const seeded = open(todos, [todo('z')])
  expect([[...seeded.keys()], seeded.isSeed]).toEqual([['z'], true])
  todos.startSyncImmediate()
  expect([[...seeded.keys()], seeded.isSeed, seeded.size]).toEqual([['a'], false, 1])
})

test('a seed that is dropped is gone at once', () => {
  const { todos, finish } = openSlowTodos(['a'])
  const seeded = open(todos, [todo('z')])
  const { told, stop } = follow(seeded)
  seeded.drop()
  expect([told, seeded.isSeed, seeded.has('z')]).toEqual([['title z', ''], false, false])
  finish()
  expect(told).toEqual(['title z', '', 'title a'])
  stop()
})
