import { batch } from '@rowsignal/core'
import { liveRows, type Host } from '@rowsignal/core/host'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { openTodos, todo } from '../support/synced-collection.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f']
const end = fc.constantFrom(1, 2, 4, Infinity)
const write = fc.record({ id: fc.constantFrom(...ids), rank: fc.integer({ min: 0, max: 5 }) })

/** What may happen; a read in a batch comes after its first write. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), end }),
  fc.record({ kind: fc.constant('leave' as const), end }),
  fc.record({ kind: fc.constant('remount' as const) }),
  fc.record({ kind: fc.constant('put' as const), write }),
  fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...ids) }),
  fc.record({ kind: fc.constant('batch' as const), writes: fc.tuple(write, write), read: end }),
)
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never

/** Readers of the first keys, each known by how many it reads. */
function openReaders(byRank: boolean) {
  const source = openTodos(['b', 'd', 'f'], { byRank })
  const due = new Set<number>()
  const shown = new Map<number, readonly string[]>()
  let running: number | undefined
  const host: Host<Set<number>> = {
    server: false,
    cell: () => new Set(),
    track: (cell, now) => {
      if (running !== undefined) cell.add(running)
      return now
    },
    trigger: (cell) => cell.forEach((reader) => due.add(reader)),
  }
  const live = liveRows(source.todos, host)
  let release = live.acquire()
  const put = ({ id, rank }: { id: string; rank: number }) => source.put(todo(id, { rank }))
  const read = (reader: number) => {
    running = reader
    shown.set(reader, live.keys(reader).slice(0, reader))
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
  return { ...source, due, shown, read, run, release: () => release() }
}

test('whoever reads some of the keys is told whenever those differ', () => {
  fc.assert(
    fc.property(fc.boolean(), fc.array(step, { maxLength: 30 }), (byRank, steps) => {
      const { todos, due, shown, read, run, release } = openReaders(byRank)
      for (const next of steps) {
        run(next)
        for (const [reader, keys] of shown) {
          const isRight = keys.join() === [...todos.keys()].slice(0, reader).join()
          expect(isRight || due.has(reader), `first ${reader} after ${next.kind}`).toBe(true)
        }
        for (const reader of due) if (shown.has(reader)) read(reader)
      }
      release()
    }),
    { numRuns: 500 },
  )
})
