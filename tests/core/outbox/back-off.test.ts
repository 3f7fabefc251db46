import { retryLater } from '@rowsignal/core'
import { expect, test } from 'vitest'
import { retryDelayMs } from '../../../core/src/outbox/back-off.ts'

const lost = new TypeError('fetch failed')
const failed = new Error('500')
const many = Array.from({ length: 200 })

test('after a lost connection the first retry comes at once', () => {
  expect(retryDelayMs(lost, 1)).toBe(0)
})

test.each([
  ['a failure', failed, 1],
  ['a connection that is lost again', lost, 2],
])('%s is waited for twice as long each time, up to a minute', (_what, error, first) => {
  for (const _ of many) {
    for (const [doublings, whole] of [1, 2, 4, 8, 16, 32, 60, 60].entries()) {
      const ms = retryDelayMs(error, first + doublings)
      expect(ms).toBeGreaterThanOrEqual(whole * 500)
      expect(ms).toBeLessThanOrEqual(whole * 1000)
    }
    expect(retryDelayMs(error, 1_000_000)).toBeLessThanOrEqual(60_000)
  }
})

test('devices that failed together do not come back together', () => {
  expect(new Set(many.map(() => retryDelayMs(failed, 4))).size).toBeGreaterThan(100)
})

test('what the server asks for is waited for, if it is longer', () => {
  expect(retryDelayMs(retryLater('busy', { afterMs: 500_000 }), 1)).toBe(500_000)
  expect(retryDelayMs(retryLater('busy', { afterMs: 1 }), 1)).toBeGreaterThanOrEqual(500)
})

test('a wait is one that a timer takes', () => {
  expect(retryDelayMs(retryLater('busy', { afterMs: 1e12 }), 1)).toBe(2 ** 31 - 1)
})
