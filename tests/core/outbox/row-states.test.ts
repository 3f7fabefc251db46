import { createPowerSyncCollection, rowState, rowStates, transact } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import { openOutbox } from '../../support/outbox.ts'

test('a row is pending, queued, uploaded and acknowledged, in this order and with nothing between', async () => {
  const { endpoint, todos } = await openOutbox()
  const seen: string[] = []
  onTestFinished(rowState(todos, 'a').subscribe((state) => seen.push(state)))
  endpoint.holdUploads()
  todos.insert({ id: 'a', title: 'Pack' })
  await eventually(() => expect(seen).toEqual(['acknowledged', 'pending', 'queued']))
  endpoint.holdReplication()
  endpoint.releaseUploads()
  await eventually(() => expect(seen.at(-1)).toBe('uploaded'))
  endpoint.releaseReplication()
  await eventually(() => expect(seen.at(-1)).toBe('acknowledged'))
  expect(seen).toEqual(['acknowledged', 'pending', 'queued', 'uploaded', 'acknowledged'])
})
