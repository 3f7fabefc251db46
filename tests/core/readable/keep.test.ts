import { expect, test } from 'vitest'
import { beginAlike, keeper, keepIfSame, remaker } from '../../../core/src/readable/keep.ts'

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

test('a value that is the same as the one before is that one', () => {
  const keep = keeper<{ readonly id: number; readonly at: object }>(
    (before, next) => before.id === next.id,
  )
  const first = { id: 1, at: {} }
  expect(keep(first)).toBe(first)
  expect(keep({ id: 1, at: {} })).toBe(first)
  const second = { id: 2, at: {} }
  expect(keep(second)).toBe(second)
  expect(keep(first)).toBe(first)
})

test('a value is made anew for inputs that neither of the last two was made of', () => {
  const made: string[] = []
  const remake = remaker<object>()
  const of = (...inputs: string[]) => remake(inputs, () => ({ of: made.push(inputs.join()) }))
  const first = of('a', 'b')
  expect(of('a', 'b')).toBe(first)
  const second = of('a', 'c')
  expect([of('a', 'b'), of('a', 'c')]).toEqual([first, second])
  expect(of('a', 'b')).toBe(first)
  of('a')
  of('b')
  expect(of('a', 'b')).not.toBe(first)
  expect(made).toEqual(['a,b', 'a,c', 'a', 'b', 'a,b'])
})
