import { liveQuery } from '@rowsignal/core'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { bytesPerRound } from '../support/heap.ts'
import { openTodos } from '../support/synced-collection.ts'

const { todos } = openTodos(['a', 'b'])

test('1,000 queries that differ leave no subscription, and at most 100 bytes each of ours', async () => {
  let round = 0
  const ours = await bytesPerRound(async () => {
    const text = `searched ${round++}`
    const query = liveQuery((q) =>
      q.from({ todo: todos }).where(({ todo }) => eq(todo.title, text)),
    )
    query.subscribe(() => undefined)()
    await query.cleanup()
  })
  expect(todos.subscriberCount).toBe(0)

  const others = await bytesPerRound(async () => {
    const text = `searched ${round++}`
    const query = createLiveQueryCollection((q) =>
      q.from({ todo: todos }).where(({ todo }) => eq(todo.title, text)),
    )
    query.subscribeChanges(() => undefined).unsubscribe()
    await query.cleanup()
  })
  process.stdout.write(
    `heap a query: ${ours.toFixed(0)} bytes, of which TanStack DB ${others.toFixed(0)}\n`,
  )
  expect(ours - Math.max(others, 0)).toBeLessThanOrEqual(100)
})
