/** What a demand reads against what @tanstack/db's own evaluation over the whole table gives. */
import type { PowerSyncDatabase } from '@powersync/node'
import { compileSingleRowExpression, toBooleanPredicate } from '@tanstack/db'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveTable } from '../../core/src/libraries/powersync.ts'
import { isWhereContained } from '../../core/src/subset/implication.ts'
import { countStatement } from '../../core/src/subset/subset.ts'
import { makeComparator as makeComparator015 } from '../node_modules/@tanstack/db/dist/esm/utils/comparison.js'
import { makeComparator as makeComparator09 } from '../node_modules/tanstack-db-0-9/dist/esm/utils/comparison.js'
import {
  anyValue,
  columns,
  demand,
  names,
  predicate,
  related,
  schema,
  storedRows,
} from './subset-cases.ts'
import { openDatabase } from '../support/database.ts'
import { type Expression, func, openSubsets, ref, type Row, val } from '../support/subset.ts'

const runs = { numRuns: Number(process.env['SUBSET_RUNS'] ?? 200) }

async function write(
  database: PowerSyncDatabase,
  rows: readonly Record<string, string | undefined>[],
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

type Compare = (a: unknown, b: unknown) => number

function pairs<T>(items: Iterable<T>): [T, T][] {
  const list = [...items]
  return list.flatMap((a) => list.map((b): [T, T] => [a, b]))
}

const sorted = (ids: Iterable<string>): string[] => [...ids].sort()

test('a predicate reads all rows that it takes, and if it is exact no others', async () => {
  const database = await openDatabase(schema)
  const subsets = openSubsets(database, 'items', { columns })
  const table = resolveTable(database, { name: 'items' })
  let exact = 0
  await fc.assert(
    fc.asyncProperty(
      storedRows,
      fc.array(predicate, { minLength: 8, maxLength: 8 }),
      async (rows, wheres) => {
        await write(database, rows)
        const all = await subsets.read(subsets.compile({}).statement())
        for (const where of wheres) {
          const subset = subsets.compile({ where })
          const found = await subsets.read(subset.statement())
          const asked = takes(where)
          const told = ([, row]: [string, Row]) => asked(row) !== undefined
          const wanted = [...all].filter(([, row]) => asked(row)).map(([id]) => id)
          const kept = [...found].filter(told).filter(([, row]) => subset.matches(row))
          expect(sorted(kept.map(([id]) => id))).toEqual(sorted(wanted))
          if (!subset.filter.exact) continue
          exact++
          const { sql, parameters } = countStatement(table, subset.filter)
          const { count } = await database.get<{ count: number }>(sql, [...parameters])
          if (all.size === rows.length) expect(count).toBe(found.size)
          expect(sorted([...found].filter(told).map(([id]) => id))).toEqual(sorted(wanted))
        }
      },
    ),
    runs,
  )
  expect(exact).toBeGreaterThan(runs.numRuns)
})

const comparators = [makeComparator015, makeComparator09]

test('a window reads its rows and their ties, whatever the order, and its rows after a cursor', async () => {
  const database = await openDatabase(schema)
  const subsets = openSubsets(database, 'items', { columns })
  let pushed = 0
  const demands = fc.array(demand, { minLength: 8, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(storedRows, demands, async (rows, demands) => {
      await write(database, rows)
      const all = await subsets.read(subsets.compile({}).statement())
      for (const { where, name, after, offset, ...rest } of demands) {
        const { limit, ...compareOptions } = { ...rest, stringSort: 'lexical' as const }
        const last = after === null ? null : ([...all.values()][after]?.[name] ?? null)
        const [from, current] = [rest.direction === 'asc' ? 'gt' : 'lt', 'eq'].map((operator) =>
          func(operator, ref(name), val(last)),
        ) as [Expression, Expression]
        const subset = subsets.compile({
          ...(where && { where }),
          ...(last !== null && { cursor: { whereFrom: from, whereCurrent: current } }),
          orderBy: [{ expression: ref(name), compareOptions }],
          limit,
          offset,
        })
        const found = await subsets.read(subset.statement())
        const asked = where === null ? () => true : takes(where)
        const follows = last === null ? () => true : takes(from)
        const matching = [...all].filter(([, row]) => asked(row) === true && follows(row) === true)
        const kept = [...found].filter(([, row]) => subset.matches(row) && asked(row) !== undefined)
        const ids = kept.map(([id]) => id)
        const { window } = subset
        if (window === undefined) {
          expect(subset.unpushed).toBeDefined()
          expect(sorted(ids)).toEqual(sorted(matching.map(([id]) => id)))
          continue
        }
        pushed++
        expect(window.limit).toBe(limit + (last === null ? offset : 0))
        const [compare] = comparators.map((make) => make(compareOptions)) as [Compare]
        for (const other of comparators.map((make) => make(compareOptions))) {
          for (const [a, b] of pairs(all.values())) {
            const sign = Math.sign(other(a[name], b[name])) + 0
            expect(Math.sign(window.compareFirst(a, b)) + 0).toBe(sign)
          }
        }
        // Bad rows that the predicate takes fill a window, too: then it is read again with a greater limit.
        if (all.size < rows.length) continue
        const ordered = matching.toSorted(([, a], [, b]) => compare(a[name], b[name]))
        const end = ordered.slice(0, window.limit).at(-1)?.[1]
        const wanted = ordered.filter(
          ([, row]) => end !== undefined && compare(row[name], end[name]) <= 0,
        )
        expect(ids).toEqual(expect.arrayContaining(wanted.map(([id]) => id)))
      }
    }),
    runs,
  )
  expect(pushed).toBeGreaterThan(runs.numRuns)
})

test('a predicate that is contained in another takes no row that the other leaves', () => {
  let contained = 0
  const oneRow = fc.record(Object.fromEntries(names.map((name) => [name, anyValue])))
  fc.assert(
    fc.property(fc.array(oneRow, { maxLength: 10 }), related, (rows, [inner, outer]) => {
      if (!isWhereContained(inner, outer)) return
      contained++
      for (const row of rows)
        if (takes(inner)(row) === true) expect(takes(outer)(row)).not.toBe(false)
    }),
    { numRuns: runs.numRuns * 50 },
  )
  expect(contained).toBeGreaterThan(runs.numRuns)
})
