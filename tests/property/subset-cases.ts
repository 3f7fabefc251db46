/** Rows as SQLite may hold them, and what may be asked of them. */
import { column, Schema, Table } from '@powersync/common'
import { bigintColumn, booleanColumn, dateColumn, enumColumn, jsonColumn } from '@rowsignal/core'
import * as fc from 'fast-check'
import { type Expression, func, ref, val } from '../support/subset.ts'

export const schema = new Schema({
  items: new Table(
    {
      text: column.text,
      other: column.text,
      integer: column.integer,
      real: column.real,
      done: column.integer,
      due: column.text,
      at: column.integer,
      seen: column.real,
      tags: column.text,
      size: column.integer,
      digits: column.text,
      state: column.text,
    },
    { indexes: { text: ['text'], integer: ['integer'], both: ['done', 'integer'] } },
  ),
})
export const columns = {
  done: booleanColumn(),
  due: dateColumn(),
  at: dateColumn(),
  seen: dateColumn(),
  tags: jsonColumn(),
  size: bigintColumn(),
  digits: bigintColumn(),
  state: enumColumn('open', 'done'),
}

const texts = [
  '',
  'a',
  'A',
  'ab',
  'aB',
  'abc',
  'b',
  '1',
  '10',
  '9',
  'é',
  'É',
  'aé',
  'a\0b',
  'a%b',
  'a_b',
  'a*',
  'a[b',
  'a?b',
  '\ud7ff',
  '\ue000',
  'a\uff21',
  'a\uffff',
  '😀',
  'a😀',
  'a😀b',
  '😀\ue000',
  '\u212a',
  'true',
  '2026-01-01',
]
const dates = [
  '2026-01-01',
  '2026-01-01T00:00:00Z',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01 00:00:00',
  '2026-01-01T00:00:00.9999Z',
  '2026-01-01T00:00:00.123456Z',
  '2026-01-01T00:00:00.5',
  '2026-01-01 02:00:00+02',
  '2026-01-01T00:00:00+00:00',
  '2026-01-01T24:00:00Z',
  '2025-12-31T23:59:59.999Z',
  '1969-12-31T23:59:59.500Z',
  '+012026-01-01T00:00:00.000Z',
  '12026-01-01',
  '0001-01-01',
  ' 2026-01-02 ',
  '2026-01-02T10:00Z',
]
const numbers = [0, 1, -1, 2, 9, 10, 1.5, -0.5, 0.1, 1e15, 2 ** 53 - 1]
const moments = [0, 1, -1, 1_767_225_600_000, 1_767_225_600_123, 1_767_225_600_999, -500]
const bigints = [0n, 1n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]

const pick = <T>(values: readonly T[]) => fc.constantFrom(...values)
/** A value as the JSON that a sync brings spells it. */
const said = (values: readonly unknown[]) => pick(values).map((value) => JSON.stringify(value))
const whole = numbers.filter(Number.isInteger)
const cells: Record<string, fc.Arbitrary<string>> = {
  text: fc.oneof(
    { weight: 8, arbitrary: said(texts) },
    pick(['1', '1.0', 'true', '{"a":1}', '"\\ud83d"']),
  ),
  other: said(texts),
  integer: fc.oneof({ weight: 8, arbitrary: said(whole) }, pick(['1.7', '"12ab"', '"x"', 'true'])),
  real: fc.oneof({ weight: 8, arbitrary: said(numbers) }, pick(['"1.5e0x"', '9e999', '-9e999'])),
  done: pick(['0', '1', '2', '-1', 'true', 'false']),
  due: said(dates),
  at: said(moments),
  seen: pick(['0', '1.7', '-0.5', '-1.2', '1767225600123', '1767225600123.9']),
  tags: said(['null', '[]', '[1,2]', '{"a":1}', '"a"', '1']),
  size: pick(bigints.map(String)),
  digits: said([...bigints.map(String), '+7', '0012', '123456789012345678901234']),
  state: said(['open', 'done']),
}
const storedRow = fc.record(
  Object.fromEntries(
    Object.entries(cells).map(([name, cell]) => [name, fc.option(cell, { freq: 6, nil: 'null' })]),
  ),
  { requiredKeys: [] },
)
export const storedRows = fc.array(storedRow, { minLength: 1, maxLength: 25 })

export const names = [...Object.keys(cells), 'id']
const constant: fc.Arbitrary<unknown> = fc.oneof(
  pick<unknown>(texts),
  pick<unknown>(numbers),
  pick<unknown>(bigints),
  pick<unknown>(moments).map((ms) => new Date(ms as number)),
  pick<unknown>([
    true,
    false,
    null,
    undefined,
    Number.NaN,
    Infinity,
    new Date(Number.NaN),
    'r1',
    'r10',
  ]),
)
const fitting: Record<string, fc.Arbitrary<unknown>> = {
  text: pick(texts),
  other: pick(texts),
  state: pick(['open', 'done', 'opens']),
  id: pick(['r0', 'r1', 'r10', 'r2']),
  integer: pick(numbers),
  real: pick(numbers),
  done: fc.boolean(),
  size: pick(bigints),
  digits: pick(bigints),
}
const moment = pick(moments).map((ms) => new Date(ms))
const fits = (name: string): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: fitting[name] ?? moment }, constant)

const value: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 8, arbitrary: pick(names).map((name) => ref(name)) },
  pick(['text', 'other', 'state', 'integer']).chain((name) =>
    pick(['lower', 'upper', 'length']).map((of) => func(of, ref(name))),
  ),
  fc
    .tuple(pick(names), pick(names), fc.oneof(pick<unknown>(texts), pick<unknown>(numbers)))
    .chain(([a, b, c]) =>
      pick(['concat', 'coalesce', 'add', 'subtract', 'multiply', 'divide']).map((name) =>
        name === 'concat' || name === 'coalesce'
          ? func(name, ref(a), ref(b), val(c))
          : func(name, ref(a), ref(b)),
      ),
    ),
  pick([ref('tags', 'a'), ref('missing'), ref('constructor'), ref('tags', 'length')]),
)
const comparison = fc.oneof(
  {
    weight: 6,
    arbitrary: pick(names).chain((name) =>
      fc
        .tuple(pick(['eq', 'gt', 'gte', 'lt', 'lte']), fits(name), fc.boolean())
        .map(([of, literal, turned]) =>
          turned ? func(of, val(literal), ref(name)) : func(of, ref(name), val(literal)),
        ),
    ),
  },
  fc
    .tuple(pick(['eq', 'gt', 'gte', 'lt', 'lte']), value, fc.oneof(value, constant.map(val)))
    .map(([name, a, b]) => func(name, a, b)),
)
const pattern = fc.array(
  pick(['a', 'B', 'b', '%', '%', '_', 'é', '*', '[', '?', '😀', '\ue000', '\0']),
  { maxLength: 4 },
)
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  { weight: 6, arbitrary: comparison },
  {
    weight: 3,
    arbitrary: pick(names).chain((name) =>
      fc.array(fits(name), { maxLength: 4 }).map((list) => func('in', ref(name), val(list))),
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        pick(['like', 'ilike']),
        pick(['text', 'other', 'state', 'id', 'integer']),
        pattern,
        fc.boolean(),
      )
      .map(([name, column, parts, lower]) =>
        func(name, lower ? func('lower', ref(column)) : ref(column), val(parts.join(''))),
      ),
  },
  fc.tuple(pick(['isNull', 'isUndefined']), value).map(([name, of]) => func(name, of)),
  pick(names).map((name) => ref(name)),
  pick([
    val(true),
    val(false),
    val(null),
    val(1),
    func('like', ref('text'), val(null)),
    func('in', ref('text'), val(null)),
  ]),
)
export const predicate: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    fc
      .tuple(pick(['and', 'or']), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
      .map(([name, args]) => func(name, ...args)),
    tie('node').map((node) => func('not', node)),
  ),
})).node

/** What `loadSubset` is asked of an order. `after`: the row whose place is the cursor. */
export const demand = fc.record({
  where: fc.option(predicate),
  name: pick(names),
  direction: pick(['asc', 'desc'] as const),
  nulls: pick(['first', 'last'] as const),
  limit: fc.nat(8),
  offset: fc.nat(3),
  after: fc.option(fc.nat(20)),
})

export const anyValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: pick<unknown>([0, 1, 2, 3, 'a', 'ab', 'abc', 'b', new Date(2)]) },
  constant,
  pick<unknown>([['a'], [1], {}, '5', '1e1', new Date(5)]),
)

/** Two predicates that have much in common. */
export const related: fc.Arbitrary<[Expression, Expression]> = pick(names).chain((name) => {
  const ofOne = fc.oneof(
    fc
      .tuple(pick(['eq', 'gt', 'gte', 'lt', 'lte']), anyValue, fc.boolean())
      .map(([operator, value, isTurned]) =>
        isTurned ? func(operator, val(value), ref(name)) : func(operator, ref(name), val(value)),
      ),
    fc.array(anyValue, { maxLength: 3 }).map((list) => func('in', ref(name), val(list))),
    fc
      .tuple(pick(['like', 'ilike']), pick(['', 'a', 'ab', 'A', 'abc']))
      .map(([operator, prefix]) => func(operator, ref(name), val(`${prefix}%`))),
    pick([func('isNull', ref(name)), ref(name), val(true)]),
  )
  const some = fc.oneof(
    { weight: 3, arbitrary: ofOne },
    fc
      .tuple(pick(['and', 'or']), fc.array(ofOne, { minLength: 1, maxLength: 3 }))
      .map(([operator, args]) => func(operator, ...args)),
    ofOne.map((one) => func('not', one)),
  )
  return fc.oneof(
    fc.tuple(some, some),
    fc.tuple(some, some).map(([a, b]): [Expression, Expression] => [func('and', a, b), b]),
  )
})
