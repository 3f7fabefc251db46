/** What a demand reads against what @tanstack/db's own evaluation over the whole table gives. */
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  bigintColumn,
  booleanColumn,
  createPowerSyncCollection,
  dateColumn,
  enumColumn,
  jsonColumn,
} from '@rowsignal/core'
import { compileSingleRowExpression, IR, toBooleanPredicate } from '@tanstack/db'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { rowCodec, sqlColumns } from '../../core/src/codec/row-options.ts'
import { readInexactValues } from '../../core/src/codec/inexact-values.ts'
import { compileSubset, countStatement } from '../../core/src/subset/subset.ts'
import { openDatabase } from '../support/database.ts'

type Row = Record<string, unknown>
type Expression = IR.BasicExpression

const schema = new Schema({
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
const columns = {
  done: booleanColumn(),
  due: dateColumn(),
  at: dateColumn(),
  seen: dateColumn(),
  tags: jsonColumn(),
  size: bigintColumn(),
  digits: bigintColumn(),
  state: enumColumn('open', 'done'),
}
const runs = { numRuns: Number(process.env['SUBSET_RUNS'] ?? 200) }

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
const table = fc.array(storedRow, { minLength: 1, maxLength: 25 })

const func = (name: string, ...args: Expression[]): Expression => new IR.Func(name, args)
const ref = (...path: string[]): Expression => new IR.PropRef(path)
const val = (value: unknown): Expression => new IR.Value(value)

const names = [...Object.keys(cells), 'id']
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
const predicate: fc.Arbitrary<Expression> = fc.letrec<{ node: Expression }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 3, arbitrary: leaf },
    fc
      .tuple(pick(['and', 'or']), fc.array(tie('node'), { minLength: 1, maxLength: 3 }))
      .map(([name, args]) => func(name, ...args)),
    tie('node').map((node) => func('not', node)),
  ),
})).node

let written = 0

async function write(
  database: PowerSyncDatabase,
  rows: readonly Record<string, string>[],
): Promise<void> {
  await database.writeTransaction(async (transaction) => {
    await transaction.execute('DELETE FROM ps_data__items')
    for (const [index, row] of rows.entries()) {
      const members = Object.entries(row).map(([name, cell]) => `${JSON.stringify(name)}:${cell}`)
      await transaction.execute('INSERT INTO ps_data__items(id, data) VALUES (?, ?)', [
        `r${index}`,
        `{${members.join()}}`,
      ])
    }
  })
  written++
}

const items = schema.props.items
type Resolved = Parameters<typeof rowCodec>[0]

async function openItems() {
  const database = await openDatabase(schema)
  const resolved = database.schema.tables.find(
    ({ name }) => name === 'items',
  ) as unknown as Resolved
  return { database, resolved: (resolved ?? items) as Resolved }
}

/** Rows by id that a statement reads, decoded; without bad ones. */
async function read(
  { database, resolved }: Awaited<ReturnType<typeof openItems>>,
  statement: { sql: string; parameters: (string | number | null)[] },
): Promise<Map<string, Row>> {
  const codec = rowCodec(resolved, { columns })
  const { rows } = await database.get<{ rows: string }>(statement.sql, statement.parameters)
  const stored = JSON.parse(rows) as [string, Row][]
  await database.writeLock((lock) => readInexactValues(lock, resolved, stored))
  const decoded = new Map<string, Row>()
  for (const [id, data] of stored) {
    const result = codec.decode(id, data)
    if ('row' in result) decoded.set(id, result.row)
  }
  expect(new Set(stored.map(([id]) => id)).size).toBe(stored.length)
  return decoded
}

/** Undefined where it throws, and so a query over the row. */
function takes(where: Expression): (row: Row) => boolean | undefined {
  const evaluate = compileSingleRowExpression(where)
  return (row) => {
    try {
      return toBooleanPredicate(evaluate(row) as boolean | null)
    } catch {
      return undefined
    }
  }
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort()

test('a predicate reads all rows that it takes, and if it is exact no others', async () => {
  const opened = await openItems()
  const { database, resolved } = opened
  const compared = sqlColumns(resolved, { columns })
  let exact = 0
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.array(predicate, { minLength: 8, maxLength: 8 }),
      async (rows, wheres) => {
        await write(database, rows as Record<string, string>[])
        const all = await read(opened, compileSubset(resolved, compared, {}).statement())
        for (const where of wheres) {
          const subset = compileSubset(resolved, compared, { where })
          const found = await read(opened, subset.statement())
          const asked = takes(where)
          const told = ([, row]: [string, Row]) => asked(row) !== undefined
          const wanted = [...all].filter(([, row]) => asked(row)).map(([id]) => id)
          const kept = [...found].filter(told).filter(([, row]) => subset.matches(row))
          expect(sorted(kept.map(([id]) => id))).toEqual(sorted(wanted))
          if (!subset.filter.exact) continue
          exact++
          expect(sorted([...found].filter(told).map(([id]) => id))).toEqual(sorted(wanted))
        }
      },
    ),
    runs,
  )
  expect(exact).toBeGreaterThan(runs.numRuns)
})

const order = fc.record({
  name: pick(names),
  direction: pick(['asc', 'desc'] as const),
  nulls: pick(['first', 'last'] as const),
})

test('a window reads its rows and their ties, whatever the order, and its rows after a cursor', async () => {
  const opened = await openItems()
  const { database, resolved } = opened
  const compared = sqlColumns(resolved, { columns })
  let pushed = 0
  const steps = fc.array(
    fc.tuple(fc.option(predicate), order, fc.nat(8), fc.nat(3), fc.option(fc.nat(20))),
    { minLength: 8, maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(table, steps, async (rows, demands) => {
      await write(database, rows as Record<string, string>[])
      const all = await read(opened, compileSubset(resolved, compared, {}).statement())
      for (const [where, { name, direction, nulls }, limit, offset, after] of demands) {
        const compareOptions = { direction, nulls, stringSort: 'lexical' as const }
        const cursorValue = after === null ? undefined : [...all.values()][after]?.[name]
        const cursor =
          cursorValue === undefined || cursorValue === null
            ? {}
            : {
                cursor: {
                  whereFrom: func(direction === 'asc' ? 'gt' : 'lt', ref(name), val(cursorValue)),
                  whereCurrent: func('eq', ref(name), val(cursorValue)),
                },
              }
        const subset = compileSubset(resolved, compared, {
          ...(where && { where }),
          orderBy: [{ expression: ref(name), compareOptions }],
          limit,
          offset,
          ...cursor,
        })
        const found = await read(opened, subset.statement())
        const matching = [...all].filter(
          ([, row]) =>
            (where === null || takes(where)(row) === true) &&
            (cursor.cursor === undefined || takes(cursor.cursor.whereFrom)(row)),
        )
        const kept = [...found].filter(
          ([, row]) => subset.matches(row) && (where === null || takes(where)(row) !== undefined),
        )
        const { window } = subset
        if (window === undefined) {
          expect(subset.unpushed).toBeDefined()
          expect(sorted(kept.map(([id]) => id))).toEqual(sorted(matching.map(([id]) => id)))
          continue
        }
        pushed++
        expect(window.limit).toBe(limit + (cursor.cursor === undefined ? offset : 0))
        const ordered = matching.toSorted(([, a], [, b]) => window.compareFirst(a, b))
        const last = ordered.slice(0, window.limit).at(-1)
        const wanted =
          last === undefined || window.limit === 0
            ? []
            : ordered.filter(([, row]) => window.compareFirst(row, last[1]) <= 0)
        const ids = new Set(kept.map(([id]) => id))
        // Bad rows that the predicate takes fill a window, too: those are read again with a greater limit.
        if (all.size === rows.length) {
          for (const [id] of wanted) expect(ids, id).toContain(id)
        }
      }
    }),
    runs,
  )
  expect(pushed).toBeGreaterThan(runs.numRuns)
})
