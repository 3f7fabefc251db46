/** Which index a demand uses: SQLite's own plan of the statement. */
import { column, Schema, Table } from '@powersync/common'
import { booleanColumn, dateColumn } from '@rowsignal/core'
import type { LoadSubsetOptions } from '@tanstack/db'
import { expect, test } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { firstBy, func, openSubsets, ref, val } from '../../support/subset.ts'

const schema = new Schema({
  places: new Table(
    {
      search: column.text,
      country: column.text,
      population: column.integer,
      capital: column.integer,
      founded: column.integer,
    },
    {
      indexes: {
        search: ['search'],
        population: ['population'],
        country: ['country', 'population'],
        capital: ['capital', 'founded'],
      },
    },
  ),
})
const columns = { capital: booleanColumn(), founded: dateColumn() }

/** How the stored table is reached, step by step. */
async function planOf(options: LoadSubsetOptions): Promise<string[]> {
  const database = await openDatabase(schema)
  const { sql, parameters } = openSubsets(database, 'places', { columns })
    .compile(options)
    .statement()
  const steps = await database.getAll<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, [
    ...parameters,
  ])
  const details = steps.map(({ detail }) => detail)
  expect(details.filter((detail) => detail.includes('TEMP B-TREE'))).toEqual([])
  return details
    .filter((detail) => /^(?:SCAN|SEARCH) stored /.test(detail))
    .map((detail) => detail.replaceAll(/stored USING |ps_data__places__/g, ''))
}

const eq = (name: string, value: unknown) => func('eq', ref(name), val(value))
const thousands = Array.from({ length: 5000 }, (_, index) => index)

test.each<[what: string, options: LoadSubsetOptions, plan: string[]]>([
  ['eq', { where: eq('country', 'DE') }, ['SEARCH INDEX country (<expr>=?)']],
  ['eq false', { where: eq('capital', false) }, ['SEARCH INDEX capital (<expr>=?)']],
  [
    'a range',
    {
      where: func(
        'and',
        func('gt', ref('population'), val(5)),
        func('not', func('gt', ref('population'), val(9))),
      ),
    },
    ['SEARCH INDEX population (<expr>>? AND <expr><?)'],
  ],
  [
    'a prefix',
    { where: func('like', ref('search'), val('ber%')) },
    ['SEARCH INDEX search (<expr>>? AND <expr><?)'],
  ],
  [
    'a prefix as a range',
    {
      where: func(
        'and',
        func('gte', ref('search'), val('ber')),
        func('lt', ref('search'), val('ber\uffff')),
      ),
    },
    ['SEARCH INDEX search (<expr>>? AND <expr><?)'],
  ],
  [
    'a pattern that begins with letters',
    { where: func('like', ref('search'), val('ber%n_')) },
    ['SEARCH INDEX search (<expr>>? AND <expr><?)'],
  ],
  [
    'in with thousands of values',
    { where: func('in', ref('population'), val(thousands)) },
    ['SEARCH INDEX population (<expr>=?)'],
  ],
  [
    'in of ids',
    { where: func('in', ref('id'), val(['a', 'b'])) },
    ['SEARCH INDEX sqlite_autoindex_ps_data__places_1 (id=?)'],
  ],
  [
    'or',
    { where: func('or', eq('country', 'DE'), eq('search', 'berlin')) },
    ['SEARCH INDEX country (<expr>=?)', 'SEARCH INDEX search (<expr>=?)'],
  ],
])('%s uses an index', async (_, options, plan) => {
  expect(await planOf(options)).toEqual(plan)
})

const orders = (['asc', 'desc'] as const).flatMap((direction) =>
  (['first', 'last'] as const).map((nulls) => ({ direction, nulls })),
)

test.each(orders)(
  'a window by an indexed column, $direction with nulls $nulls, reads that index and sorts nothing',
  async ({ direction, nulls }) => {
    const beyond = direction === 'asc' ? '<' : '>'
    for (const [name, where, steps] of [
      ['population', undefined, ['SCAN COVERING INDEX population', 'INDEX population (<expr>']],
      ['search', undefined, ['SCAN COVERING INDEX search', 'INDEX search (<expr>']],
      [
        'population',
        eq('country', 'DE'),
        ['SEARCH COVERING INDEX country (<expr>=?)', 'INDEX country (<expr>=? AND <expr>'],
      ],
      [
        'founded',
        eq('capital', false),
        ['SEARCH COVERING INDEX capital (<expr>=?)', 'INDEX capital (<expr>=? AND <expr>'],
      ],
    ] as const) {
      const plan = await planOf({ ...(where && { where }), ...firstBy(name, direction, { nulls }) })
      expect(plan, name).toEqual([
        `SEARCH ${steps[1]}${beyond}?)`,
        steps[0],
        `SEARCH ${steps[1]}=?)`,
      ])
    }
  },
)

test('a page after a cursor begins there in the index', async () => {
  const cursor = {
    whereFrom: func('lt', ref('population'), val(1000)),
    whereCurrent: eq('population', 1000),
  }
  const page = { ...firstBy('population', 'desc'), cursor }
  expect(await planOf(page)).toEqual([
    'SEARCH INDEX population (<expr>>? AND <expr><?)',
    'SEARCH COVERING INDEX population (<expr><?)',
    'SEARCH INDEX population (<expr>=?)',
  ])
  expect(await planOf({ where: eq('country', 'DE'), ...page })).toEqual([
    'SEARCH INDEX country (<expr>=? AND <expr>>? AND <expr><?)',
    'SEARCH COVERING INDEX country (<expr>=? AND <expr><?)',
    'SEARCH INDEX country (<expr>=? AND <expr>=?)',
  ])
})
