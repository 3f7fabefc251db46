import { expect, test } from 'vitest'
import { beginAlike, keepIfSame } from '../../../core/src/readable/keep.ts'

test('an array of the same items in the same order stays the same array', () => {
  const [a, b] = [{}, {}]
  const before = keepIfSame([], [a, b, Number.NaN])
  expect(keepIfSame(before, [a, b, Number.NaN])).toBe(before)
  for (const next of [[], [a], [b, a, Number.NaN], [a, b, Number.NaN, a], [a, {}, Number.NaN]]) {
    expect(keepIfSame(before, next)).toBe(next)
  }
})

test('an array that is given out is frozen', () => {
  const next = keepIfSame<number>([], [1, 2]) as number[]
  expect(() => next.splice(0, 1)).toThrow(TypeError)
  expect(() => next.push(3)).toThrow(TypeError)
})

test('the beginning of two arrays is alike up to an end, beyond which nothing is looked at', () => {
  expect(beginAlike([1, 2, 3], [1, 2, 4], 2)).toBe(true)
  expect(beginAlike([1, 2, 3], [1, 2, 4], 3)).toBe(false)
  expect(beginAlike([1], [1, 2], 1)).toBe(true)
  expect(beginAlike([1], [1, 2], 2)).toBe(false)
  expect(beginAlike([1, 2], [1, 2], Infinity)).toBe(true)
  expect(beginAlike([], [1], 0)).toBe(true)
})
