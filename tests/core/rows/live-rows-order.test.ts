import { batch, type RowCollection } from '@rowsignal/core'
import { type Host } from '@rowsignal/core/host'
import { liveRows } from '../../../core/src/rows/live-rows.ts'
import { createLiveQueryCollection } from '@tanstack/db'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Todos } from '../../bindings/contract.ts'
import { plainLifecycle } from '../../support/plain-host.ts'
import { openTodos, todo } from '../../support/synced-collection.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const end = fc.constantFrom(1, 2, 4, Infinity)
/** Stands among the ends for a reader of all rows as plain objects. */
const data = -1
const write = fc.record({ id: fc.constantFrom(...ids), rank: fc.integer({ min: 0, max: 5 }) })

/** How the rows are ordered: by id, by a column of theirs, or by one that a query leaves out. */
const order = fc.constantFrom('id', 'rank', 'hidden rank')
type Order = typeof order extends fc.Arbitrary<infer Value> ? Value : never

/** What may happen; a read in a batch comes after its first write. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), end }),
  fc.record({ kind: fc.constant('read' as const), end: fc.constant(data) }),
  fc.record({ kind: fc.constant('leave' as const), end }),
  fc.record({ kind: fc.constant('remount' as const) }),
  fc.record({ kind: fc.constant('put' as const), write }),
  fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...ids) }),
  fc.record({ kind: fc.constant('batch' as const), writes: fc.tuple(write, write), read: end }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

function idsByRank(todos: Todos): RowCollection<{ id: string }, string> {
  return createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.rank)
      .select(({ todo }) => ({ id: todo.id })),
  ) as never
}

/** Readers of the first keys, each known by how many it reads, and one of the rows. */
function openReaders(order: Order) {
  const source = openTodos(['b', 'd', 'f'], { byRank: order === 'rank' })
  const collection = order === 'hidden rank' ? idsByRank(source.todos) : source.todos
  const due = new Set<number>()
  const shown = new Map<number, readonly string[]>()
  let running: number | undefined
  const host: Host<Set<number>> = {
    ...plainLifecycle().lifecycle,
    cell: () => new Set(),
    track: (cell, now) => {
      if (running !== undefined) cell.add(running)
      return now
    },
    trigger: (cell) => cell.forEach((reader) => due.add(reader)),
  }
  const live = liveRows(collection, host)
  let release = live.acquire()
  const put = ({ id, rank }: { id: string; rank: number }) => source.put(todo(id, { rank }))
  const read = (reader: number) => {
    running = reader
    shown.set(
      reader,
      reader === data ? live.data().map(({ id }) => id) : live.keys(reader).slice(0, reader),
    )
    running = undefined
    due.delete(reader)
  }
  const run = (next: Step): void => {
    switch (next.kind) {
      case 'read':
        return read(next.end)
      case 'leave':
        return void shown.delete(next.end)
      case 'put':
        return put(next.write)
      case 'remove':
        if (source.todos.has(next.id)) source.remove(next.id)
        return
      case 'remount':
        release()
        release = live.acquire()
        return
      case 'batch':
        batch(() => {
          put(next.writes[0])
          read(next.read)
          put(next.writes[1])
        })
    }
  }
  /** The ids that a reader ought to show. */
  const expected = (reader: number) =>
    [...collection.keys()].slice(0, reader === data ? Infinity : reader)
  return { due, shown, expected, read, run, release: () => release() }
}

test('whoever reads some of the keys, or the rows, is told whenever those differ', () => {
  fc.assert(
    fc.property(order, fc.array(step, { maxLength: 30 }), (order, steps) => {
      const { due, shown, expected, read, run, release } = openReaders(order)
      for (const next of steps) {
        run(next)
        for (const [reader, ids] of shown) {
          const isRight = ids.join() === expected(reader).join()
          expect(isRight || due.has(reader), `first ${reader} after ${next.kind}`).toBe(true)
        }
        for (const reader of due) if (shown.has(reader)) read(reader)
      }
      release()
    }),
    { numRuns: 500 },
  )
})
