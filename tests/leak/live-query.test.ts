import { liveQuery } from '@rowsignal/core'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, test } from 'vitest'
import { allowedBytes, bytesOfOurs } from '../support/heap.ts'
import { openTodos } from '../support/synced-collection.ts'

const { todos } = openTodos(['a', 'b'])

test('1,000 queries that differ leave no subscription, and at most 100 bytes each of ours', async () => {
  let round = 0
  const ours = await bytesOfOurs(
    async () => {
      const text = `searched ${round++}`
      const query = liveQuery((q) =>
        q.from({ todo: todos }).where(({ todo }) => eq(todo.title, text)),
      )
      query.subscribe(() => undefined)()
      await query.cleanup()
    },
    async () => {
      const text = `searched ${round++}`
      const query = createLiveQueryCollection((q) =>
        q.from({ todo: todos }).where(({ todo }) => eq(todo.title, text)),
      )
      query.subscribeChanges(() => undefined).unsubscribe()
      await query.cleanup()
    },
  )
  expect(todos.subscriberCount).toBe(0)
  process.stdout.write(`heap a query: ${ours.toFixed(0)} bytes\n`)
  expect(ours).toBeLessThanOrEqual(allowedBytes)
})
