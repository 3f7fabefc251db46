import type { Host } from '@rowsignal/core/host'
import { createRowStates } from '@rowsignal/core/host'
import { whenPersisted } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openOffline } from '../../support/outbox-client.ts'
import { plainLifecycle, server } from '../../support/plain-host.ts'

/** A host that says which cells were triggered. */
function createCellHost() {
  const { lifecycle, update } = plainLifecycle()
  let last: number | undefined
  let cells = 0
  const triggered: number[] = []
  const host: Host<number> = {
    ...lifecycle,
    cell: () => cells++,
    track: (cell, now) => {
      last = cell
      return now
    },
    trigger: (cell) => void triggered.push(cell),
  }
  const cellOf = (read: () => unknown) => {
    read()
    return last
  }
  return { host: host as Host<unknown>, update, triggered, cellOf }
}

test('only the cells of rows whose state changed are triggered, and that of the size', async () => {
  const { todos, database } = await openOffline()
  const { host, update, triggered, cellOf } = createCellHost()
  const states = createRowStates(host, () => todos)
  update()
  const cell = { a: cellOf(() => states.get('a')), b: cellOf(() => states.get('b')) }
  const size = cellOf(() => states.size)
  expect([states.get('a'), states.size]).toEqual(['acknowledged', 0])
  await whenPersisted(todos.insert({ id: 'a', title: 'Pack' }))
  await eventually(() => expect([states.get('a'), states.size]).toEqual(['queued', 1]))
  expect(new Set(triggered)).toEqual(new Set([cell.a, size]))
  await database.execute("UPDATE todo_view SET title = 'still waiting'")
  await whenPersisted(todos.insert({ id: 'c', title: 'nobody reads it' }))
  await eventually(() => expect(states.size).toBe(2))
  expect(triggered).not.toContain(cell.b)
})

test('on a server a row is read as it is, and nothing is followed', async () => {
  const { todos, drafts } = await openOffline()
  expect(createRowStates(server, () => todos).get('a')).toBe('acknowledged')
  expect(createRowStates(server, () => drafts).get('a')).toBe('local')
  expect(createRowStates(server, () => todos).size).toBe(0)
  expect(todos.subscriberCount).toBe(0)
})
