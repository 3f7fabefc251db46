/** The search of the planners over the schema of the planners: what it finds, what it reads, and by which index. */
import { liveQuery } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import {
  createPlaces,
  type PlaceSearch,
  placesPerPage,
  searchPlaces,
} from '../../playgrounds/app/places.ts'
import { schema } from '../../playgrounds/app/schema.ts'
import { openDatabase } from '../support/database.ts'
import { logStatements } from '../support/statements.ts'

async function openPlaces(names: readonly string[]) {
  const database = await openDatabase(schema)
  await database.execute(
    `INSERT INTO places (id, name, search, country, population)
     SELECT 'p' || key, value, value, iif(key % 2, 'JP', 'BR'), key FROM json_each(?)`,
    [JSON.stringify(names)],
  )
  const places = createPlaces(database)
  const search = async ({ text = '', country = '' }: Partial<PlaceSearch>) => {
    const found = liveQuery((query) => searchPlaces(query, places, { text, country })!)
    onTestFinished(() => found.cleanup())
    await found.preload()
    return found
  }
  return { database, places, search }
}

test('a search finds what begins as it says, whatever comes then', async () => {
  const ends = [
    '',
    'n',
    'o paulo',
    'z',
    '{',
    'ö',
    '\u{D7FF}',
    '\u{FFFD}',
    '\u{1F600}',
    '\u{10FFFF}',
  ]
  const others = ['s', 'S', 'sb', 'r', '', 'são']
  const { search } = await openPlaces([...ends.map((end) => `sa${end}`), ...others])
  const found = await search({ text: ' SÃ' })
  expect(found.toArray.map(({ name }) => name)).toEqual(ends.map((end) => `sa${end}`).toReversed())
  const inJapan = await search({ text: 'sa', country: 'JP' })
  expect(inJapan.size).toBe(ends.length / 2)
})

test.each([
  ['a prefix', { text: 'pla' }, 'ps_data__places__search (<expr>>? AND <expr><?)'],
  ['a country', { country: 'JP' }, 'ps_data__places__country (<expr>=?)'],
  [
    'both',
    { text: 'pla', country: 'JP' },
    'ps_data__places__country (<expr>=? AND <expr>>? AND <expr><?)',
  ],
])(
  'a search by %s, and its next page, hold what they show and use an index',
  async (_, by, index) => {
    const names = Array.from({ length: 2_000 }, (_, number) => `place ${number}`)
    const { database, places, search } = await openPlaces(names)
    const log = await logStatements(database)
    const found = await search(by)
    expect(places.size).toBe(placesPerPage)
    await found.utils.setWindow({ offset: 0, limit: 2 * placesPerPage })
    expect(found.size).toBe(2 * placesPerPage)
    expect(places.size).toBe(2 * placesPerPage)

    const reads = log.filter((sql) => sql.includes('$.population'))
    expect(reads.length).toBeGreaterThanOrEqual(2)
    for (const sql of reads) {
      const nulls = Array.from(sql.matchAll(/\?/g), () => null)
      const plan = await database.getAll<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, nulls)
      const looks = plan.filter(({ detail }) => detail.includes('stored USING'))
      expect(looks.length).toBeGreaterThan(0)
      for (const { detail } of looks) expect(detail).toContain(index)
    }
  },
)
