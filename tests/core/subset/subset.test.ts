/** What a demand reads, and what it says of itself; random ones are in `property/subset.property`. */
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { booleanColumn, dateColumn } from '@rowsignal/core'
import type { LoadSubsetOptions } from '@tanstack/db'
import { expect, test } from 'vitest'
import { countStatement } from '../../../core/src/subset/subset.ts'
import { resolveTable } from '../../../core/src/libraries/powersync.ts'
import { openDatabase } from '../../support/database.ts'
import {
  type Expression,
  firstBy,
  func,
  openSubsets,
  ref,
  type Subsets,
  val,
} from '../../support/subset.ts'

const schema = new Schema({
  places: new Table({
    name: column.text,
    size: column.integer,
    open: column.integer,
    since: column.text,
  }),
})
const columns = { open: booleanColumn(), since: dateColumn() }

type Place = { id: string; name?: unknown; size?: unknown; open?: unknown; since?: unknown }

async function openPlaces(
  places: readonly Place[],
  options: Parameters<typeof openSubsets>[2] = { columns },
): Promise<Subsets & { database: PowerSyncDatabase }> {
  const database = await openDatabase(schema)
  for (const { id, ...data } of places) {
    await database.execute('INSERT INTO ps_data__places(id, data) VALUES (?, ?)', [
      id,
      JSON.stringify(data),
    ])
  }
  return { database, ...openSubsets(database, 'places', options) }
}

async function idsOf(subsets: Subsets, options: LoadSubsetOptions): Promise<string> {
  const read = await subsets.read(subsets.compile(options).statement())
  return [...read.keys()].sort().join('')
}

const named = ['b', 'B', 'ba', 'é', 'É', 'a😀', '1', null].map((name, index) => ({
  id: String.fromCodePoint(97 + index),
  name,
  size: index,
}))

const like = (pattern: string) => func('like', ref('name'), val(pattern))

test.each<[what: string, where: Expression, ids: string, exact: boolean]>([
  ['like knows case', like('b%'), 'ac', true],
  ['and no escape', like('\\%'), '', true],
  ['an end', like('%a'), 'c', true],
  ['a part', like('%😀%'), 'f', true],
  ['not like', func('not', like('b%')), 'bdefg', true],
  ['no text is like a number', func('like', ref('size'), val('1%')), '', true],
  ['a text is never a number', func('not', func('eq', ref('name'), val(1))), 'abcdefg', true],
  ['nothing equals null', func('not', func('eq', ref('name'), val(null))), '', true],
  [
    'null in a list is nothing',
    func('not', func('in', ref('name'), val(['b', null]))),
    'bcdefg',
    true,
  ],
  ['a value of no list is in none', func('not', func('in', ref('name'), val([]))), 'abcdefg', true],
  ['lists hold what is no value', func('in', ref('name'), val(['b', {}, [], 1])), 'a', true],
  ['isUndefined of null is false', func('not', func('isUndefined', ref('name'))), 'abcdefgh', true],
  ['nothing is 0 in a sum', func('eq', func('add', ref('size'), val(null)), val(3)), 'd', true],
  [
    'nothing is no text in a chain',
    func('eq', func('concat', ref('name'), val('x')), val('x')),
    'h',
    true,
  ],
  ['the key is the id', func('in', ref('$key'), val(['a', 'c'])), 'ac', true],
  // A superset: what SQLite can't tell is there, too.
  ['ilike', func('ilike', ref('name'), val('B')), 'abdef', false],
  ['upper', func('eq', func('upper', ref('name')), val('B')), 'abdef', false],
  ['length', func('eq', func('length', ref('name')), val(2)), 'cdef', false],
  [
    'a virtual property',
    func('and', func('eq', ref('$synced'), val(true)), like('b%')),
    'ac',
    false,
  ],
  ['an unknown function', func('and', func('soundex', ref('name')), like('b%')), 'ac', false],
  [
    'not of what is not known',
    func('not', func('eq', ref('$synced'), val(true))),
    'abcdefgh',
    false,
  ],
  ['a column that is not there', func('isUndefined', ref('other')), 'abcdefgh', false],
])('%s', async (...[, where, ids, exact]) => {
  const places = await openPlaces(named)
  expect(await idsOf(places, { where })).toBe(ids)
  expect(places.compile({ where }).filter.exact).toBe(exact)
})

test('a condition in doubt leaves the others as they are', async () => {
  const places = await openPlaces(named)
  const where = func(
    'or',
    func('and', func('gt', ref('size'), val(5)), func('ilike', ref('name'), val('%'))),
    like('b'),
  )
  expect(await idsOf(places, { where })).toBe('ag')
})

const dates = [
  '2026-01-01',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01 00:00:00',
  '2026-01-01T00:00:00.0009Z',
  '2026-01-01T01:00:00+01:00',
  '2026-01-01T00:00:01Z',
  '2025-12-31',
].map((since, index) => ({ id: String(index), since }))

test('dates are moments, whatever their spelling; those with an offset are read and looked at', async () => {
  const places = await openPlaces(dates)
  const moment = new Date('2026-01-01T00:00:00Z')
  const where = func('eq', ref('since'), val(moment))
  expect(await idsOf(places, { where })).toBe('01234')
  expect(await idsOf(places, { where: func('eq', ref('since'), val(moment.getTime())) })).toBe(
    '01234',
  )
  expect(await idsOf(places, { where: func('lt', ref('since'), val(moment)) })).toBe('46')
  expect(await idsOf(places, firstBy('since', 'asc', { limit: 1 }))).toBe('46')
  expect(await idsOf(places, firstBy('since', 'asc', { limit: 2 }))).toBe('012346')
})

test('a window has all that tie with its last row, and a page after a cursor has what follows', async () => {
  const places = await openPlaces(
    [5, 3, 3, 1, 8, null, 3].map((size, index) => ({ id: String(index), size })),
  )
  expect(await idsOf(places, firstBy('size', 'asc', { nulls: 'last', limit: 2 }))).toBe('1236')
  expect(await idsOf(places, firstBy('size', 'desc', { limit: 2 }))).toBe('45')
  expect(await idsOf(places, { ...firstBy('size', 'desc', { limit: 2 }), offset: 1 })).toBe('045')
  expect(await idsOf(places, firstBy('size', 'asc', { nulls: 'last', limit: 7 }))).toBe('0123456')
  expect(await idsOf(places, firstBy('size', 'asc', { limit: 0 }))).toBe('')
  const cursor = {
    whereFrom: func('gt', ref('size'), val(3)),
    whereCurrent: func('eq', ref('size'), val(3)),
  }
  const page = { ...firstBy('size', 'asc', { limit: 1 }), offset: 4, cursor }
  expect(await idsOf(places, page)).toBe('0')
  const subset = places.compile(page)
  expect(await places.read(subset.statement({ limit: 2 }))).toHaveProperty('size', 2)
  expect(subset.window?.limit).toBe(1)
})

test('texts of one place in SQLite’s order and another in JavaScript’s are all in the window', async () => {
  const places = await openPlaces(
    ['a', '\ue000', '😀', '\uffff'].map((name) => ({ id: name, name })),
  )
  expect(await idsOf(places, firstBy('name', 'asc', { nulls: 'last', limit: 1 }))).toBe('a')
  // 😀 is U+1F600, of two units from U+D83D on.
  const first = await places.read(
    places.compile(firstBy('name', 'asc', { nulls: 'last', limit: 2 })).statement(),
  )
  expect(first.has('😀')).toBe(true)
  const last = await places.read(places.compile(firstBy('name', 'desc', { limit: 1 })).statement())
  expect(last.has('\uffff')).toBe(true)
})

const high = ['', 'a', 'ab', 'ab\ud7ff', 'ab\ue000', 'ab😀', 'ab\uffff', 'ac', 'b', '😀', '\uffff']

test.each(['lt', 'lte', 'gt', 'gte'])(
  'an order against a text above U+D7FF reads no row too few, and only such texts too many (%s)',
  async (name) => {
    const places = await openPlaces(
      high.map((text, index) => ({ id: String.fromCharCode(97 + index), name: text, size: index })),
    )
    for (const text of ['ab\ue000', 'ab😀x', 'ab\uffff', '\uffff', '😀']) {
      for (const where of [
        func(name, ref('name'), val(text)),
        func('not', func(name, ref('name'), val(text))),
      ]) {
        const subset = places.compile({ where })
        const read = await places.read(subset.statement())
        const start = text.slice(0, text.search(/[\ud800-\uffff]/))
        for (const [index, other] of high.entries()) {
          const matches = subset.matches({ name: other })
          const isDoubtful = other.startsWith(start) && (other[start.length] ?? '') >= '\ud800'
          const isRead = read.has(String.fromCharCode(97 + index))
          if (matches || !isDoubtful)
            expect([where, other, isRead]).toEqual([where, other, matches])
        }
      }
    }
  },
)

test('a window over a prefix whose end is U+FFFF is a window', async () => {
  const places = await openPlaces(
    high.map((text, index) => ({ id: String.fromCharCode(97 + index), name: text, size: index })),
  )
  const where = func(
    'and',
    func('gte', ref('name'), val('ab')),
    func('lt', ref('name'), val('ab\uffff')),
  )
  const window = { ...firstBy('size', 'asc', { limit: 2 }), where }
  expect(places.compile(window).unpushed).toBeUndefined()
  expect(await idsOf(places, window)).toBe('cd')
  expect(places.compile({ where }).filter.exact).toBe(false)
})

const locale = { direction: 'asc', nulls: 'first', stringSort: 'locale' } as const

test('a window says whether SQLite has rows behind it, for when some of those in it are bad ones', async () => {
  const { database, ...places } = await openPlaces(
    ['2026-01-01', 'tomorrow', '2026-01-03'].map((since, size) => ({
      id: String(size),
      since,
      size,
    })),
  )
  const subset = places.compile(firstBy('size', 'asc', { limit: 2 }))
  const isWhole = async (limit: number) => {
    const { sql, parameters } = subset.statement({ limit })
    return (await database.get<{ isWhole: number }>(sql, [...parameters])).isWhole
  }
  expect(await idsOf(places, firstBy('size', 'asc', { limit: 2 }))).toBe('0')
  expect(await isWhole(2)).toBe(0)
  expect([...(await places.read(subset.statement({ limit: 3 }))).keys()]).toEqual(['0', '2'])
  expect(await isWhole(4)).toBe(1)
})

test.each<[reason: string, options: LoadSubsetOptions]>([
  [
    'text sorted by locale',
    { orderBy: [{ expression: ref('name'), compareOptions: locale }], limit: 1 },
  ],
  [
    'order by an expression',
    { orderBy: [{ expression: func('upper', ref('name')), compareOptions: locale }], limit: 1 },
  ],
  ['order by a column that SQLite can not compare', firstBy('other', 'asc')],
  ['no order', { limit: 1 }],
  ['where', { where: func('eq', ref('$synced'), val(true)), ...firstBy('size', 'asc') }],
])('a limit is not kept, and it says why: %s', async (reason, options) => {
  const places = await openPlaces(named)
  const subset = places.compile(options)
  expect(subset.unpushed).toBe(reason)
  expect(subset.window).toBeUndefined()
  expect(await idsOf(places, options)).toBe('abcdefgh')
})

test('without a limit nothing is said to be unpushed, and a read of so many rows may be asked for', async () => {
  const places = await openPlaces(named)
  const subset = places.compile({ where: like('%b%') })
  expect(subset.unpushed).toBeUndefined()
  expect((await places.read(subset.statement({ rowLimit: 1 }))).size).toBe(1)
})

test('with a schema of the app’s only ids are compared in SQLite', async () => {
  const schema = {
    '~standard': { version: 1 as const, vendor: 'test', validate: (value: unknown) => ({ value }) },
  }
  const places = await openPlaces(named, { schema })
  expect(await idsOf(places, { where: func('eq', ref('name'), val('b')) })).toBe('abcdefgh')
  expect(await idsOf(places, { where: func('in', ref('id'), val(['a', 'c'])) })).toBe('ac')
  expect(places.compile(firstBy('id', 'asc')).window).toBeDefined()
  expect(places.compile(firstBy('size', 'asc')).window).toBeUndefined()
})

test('a predicate of any breadth and depth is a statement that SQLite takes', async () => {
  const places = await openPlaces(named)
  const eq = (value: unknown) => func('eq', ref('size'), val(value))
  const wide = func('or', ...Array.from({ length: 800 }, (_, index) => eq(index + 3)))
  expect(await idsOf(places, { where: wide, ...firstBy('size', 'asc') })).toBe('def')
  const wider = func('or', ...Array.from({ length: 4000 }, (_, index) => eq(index + 3)))
  expect(await idsOf(places, { where: wider })).toBe('abcdefgh')
  let deep = eq(1)
  for (let level = 0; level < 2000; level++) {
    deep = func(level % 2 === 0 ? 'and' : 'or', deep, func('not', eq(level)))
  }
  expect(await idsOf(places, { where: func('and', eq(3), deep) })).toBe('d')
  const many = Array.from({ length: 50_000 }, (_, index) => index + 6)
  expect(await idsOf(places, { where: func('in', ref('size'), val(many)) })).toBe('gh')
})

test('what it takes is counted by one statement', async () => {
  const places = await openPlaces(named)
  const { filter } = places.compile({ where: like('%b%') })
  const table = resolveTable(places.database, { name: 'places' })
  const { sql, parameters } = countStatement(table, filter)
  expect(await places.database.get(sql, [...parameters])).toEqual({ count: 2 })
})
