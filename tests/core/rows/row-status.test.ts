import type { CollectionStatus } from '@tanstack/db'
import { isRowsignalError, RowsignalError } from '@rowsignal/core'
import { expect, test, vi } from 'vitest'
import { createStatus } from '../../../core/src/rows/row-status.ts'
import { openLiveRows } from '../../support/live-rows.ts'
import { eventually } from '../../support/eventually.ts'
import { openSlowTodos } from '../../support/synced-collection.ts'

const flags = ['isIdle', 'isLoading', 'isReady', 'isError', 'isCleanedUp'] as const

test.each<[status: CollectionStatus, flag: (typeof flags)[number]]>([
  ['idle', 'isIdle'],
  ['loading', 'isLoading'],
  ['ready', 'isReady'],
  ['error', 'isError'],
  ['cleaned-up', 'isCleanedUp'],
])('of a collection that is %s only %s is true', (shown, flag) => {
  const { live } = openLiveRows([])
  const rows = { collection: live.collection, status: () => shown, isSeed: () => false }
  const status = createStatus({ rows: () => rows })
  expect(status.status).toBe(shown)
  expect(flags.filter((name) => status[name])).toEqual([flag])
})

test('without a collection there is nothing to wait for, or what is wrong is told and asked again', () => {
  const none = createStatus({ rows: () => undefined })
  expect([none.status, none.isReady, none.error]).toEqual(['disabled', true, undefined])
  expect(none.retry).not.toThrow()
  const failure = new RowsignalError('query-failed', 'of a query function')
  const retry = vi.fn()
  const failed = createStatus({ rows: () => undefined, error: () => failure, retry })
  expect([failed.status, failed.isError, failed.error]).toEqual(['error', true, failure])
  failed.retry()
  expect(retry).toHaveBeenCalledOnce()
})

test('the error and the retry are those of the collection, each asked anew', async () => {
  const { todos, fail } = openSlowTodos(['a'])
  todos.startSyncImmediate()
  const rows = { collection: todos as never, status: () => todos.status, isSeed: () => false }
  const status = createStatus({ rows: () => rows })
  expect([status.isLoading, status.error]).toEqual([true, undefined])
  fail(new Error('unreachable'))
  expect(isRowsignalError(status.error, 'collection-failed')).toBe(true)
  status.retry()
  await eventually(() => expect(status.isLoading).toBe(true))
  expect(status.error).toBeUndefined()
})
