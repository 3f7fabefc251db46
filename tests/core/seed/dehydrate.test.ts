import { dehydrate, isRowsignalError, rehydrate } from '@rowsignal/core'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

const bytes = fc.uint8Array().map((array) => Uint8Array.from(array))
const date = fc.date({ noInvalidDate: true })
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { withCrossShrink: true },
    fc.string({ unit: 'binary' }),
    fc.double({ noDefaultInfinity: true, noNaN: true }).filter((number) => !Object.is(number, -0)),
    fc.bigInt(),
    fc.boolean(),
    fc.constant(null),
    bytes,
    date,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(
      fc.oneof(fc.string(), fc.constant('$rowsignal'), fc.constant('__proto__')),
      tie('value'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
})).value

test('what a page carries comes back as it was, and nothing in it ends the script', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const text = dehydrate({ rows: [{ value }] })
      expect(text).not.toContain('<')
      expect(rehydrate(text)).toEqual({ rows: [{ value }] })
    }),
  )
})

test('a text that would end the script, and one that looks like a value of ours, is a text', () => {
  const rows = [{ id: '</script><script>alert(1)</script>', json: { $rowsignal: ['date', 0] } }]
  expect(dehydrate(rows)).not.toContain('</')
  expect(rehydrate(dehydrate(rows))).toEqual(rows)
})

test.each([
  ['an object of a class', new Map(), 'todos.0.value'],
  ['a function', () => {}, 'todos.0.value'],
  ['a number that is none', Number.NaN, 'todos.0.value'],
])('%s is refused by its place, without its contents', (_, value, place) => {
  try {
    dehydrate({ todos: [{ value }] })
    expect.unreachable()
  } catch (error) {
    expect(isRowsignalError(error, 'value-unsupported')).toBe(true)
    expect(String(error)).toContain(place)
  }
})
