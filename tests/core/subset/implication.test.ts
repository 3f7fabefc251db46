/** Which predicates are known to be contained in others; random ones are in `property/subset.property`. */
import { expect, test } from 'vitest'
import { isWhereContained } from '../../../core/src/subset/implication.ts'
import { type Expression, func, ref, val } from '../../support/subset.ts'

const is = (operator: string, value: unknown) => func(operator, ref('n'), val(value))
const and = (...args: Expression[]) => func('and', ...args)
const or = (...args: Expression[]) => func('or', ...args)
const other = func('eq', ref('m'), val(1))

test.each<[what: string, inner: Expression | undefined, outer: Expression | undefined]>([
  ['everything', is('eq', 1), undefined],
  ['the same in another order', and(other, is('gt', 1)), and(func('lt', val(1), ref('n')), other)],
  ['more conditions', and(is('gt', 1), other), other],
  ['fewer alternatives', is('eq', 1), or(other, is('eq', 1))],
  ['alternatives of the same', or(is('eq', 1), is('eq', 2)), is('lt', 3)],
  ['a value in a range', is('eq', 5), and(is('gte', 5), is('lt', 6))],
  ['a value in a list', is('eq', 'a'), is('in', ['b', 'a'])],
  ['a list in a list', is('in', [1, 2, null]), is('in', [3, 2, 1])],
  ['a list in a range', is('in', [1, 2]), is('lt', 3)],
  ['a range in a range', and(is('gt', 5), is('lte', 7)), and(is('gt', 4), is('lte', 8))],
  ['a range and its end', is('gt', 5), is('gte', 5)],
  ['a range of dates', is('lt', new Date(5)), is('lt', new Date(6))],
  ['a date and its ms', is('eq', new Date(5)), is('eq', 5)],
  ['a longer prefix', is('like', 'ber%'), is('like', 'be%')],
  ['a text with a prefix', is('eq', 'berlin'), is('like', 'ber%')],
])('%s contains', (_, inner, outer) => {
  expect(isWhereContained(inner, outer)).toBe(true)
})

test.each<[what: string, inner: Expression | undefined, outer: Expression | undefined]>([
  ['everything in a part', undefined, is('eq', 1)],
  ['a wider range', is('gt', 3), is('gt', 5)],
  ['a range to the other side', is('lt', 5), is('lt', 3)],
  ['a range and its end', is('gte', 5), is('gt', 5)],
  ['a list with one more', is('in', [1, 2]), is('in', [1])],
  ['another column', is('eq', 1), other],
  ['a number and its text', is('eq', 1), is('eq', '1')],
  ['a shorter prefix', is('like', 'be%'), is('like', 'ber%')],
  ['a prefix with a gap', is('like', 'ber%'), is('like', 'b_%r%')],
  ['a column that `and` takes for true and a whole predicate not', and(ref('n')), ref('n')],
  ['a text that is a number, of which ranges are in doubt', is('gt', '9'), is('gt', '10')],
  ['not the same', func('not', is('eq', 1)), is('eq', 1)],
  ['an unknown function', func('soundex', ref('n')), other],
])('%s is not known to be contained', (_, inner, outer) => {
  expect(isWhereContained(inner, outer)).toBe(false)
})
