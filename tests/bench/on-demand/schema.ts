/** The places as an app searches and pages them: indexed, and in batches of 100, which are the same at every size. */
import { column, type CommonPowerSyncDatabase, Schema, Table } from '@powersync/common'

export const schema = new Schema({
  places: new Table(
    {
      name: column.text,
      search: column.text,
      country: column.text,
      population: column.integer,
      batch: column.integer,
      note: column.text,
    },
    {
      indexes: {
        search: ['search', 'population'],
        population: ['population'],
        batch: ['batch'],
      },
    },
  ),
})

export interface Place {
  id: string
  name: string
  search: string
  country: string
  population: number
  batch: number
  note: string
}

export const batchRows = 100

/** A city as it is fetched by a page. */
export type City = readonly [name: string, country: string, population: number]

/** What the tests put into a database, as a download would: `count` places, the cities over and over. */
export async function fill(
  database: CommonPowerSyncDatabase,
  cities: readonly City[],
  count: number,
): Promise<void> {
  for (let start = 0; start < count; start += 10_000) {
    const rows = Array.from({ length: Math.min(10_000, count - start) }, (_, index) =>
      placeOf(cities, start + index),
    )
    await database.execute(
      `INSERT INTO ps_data__places(id, data) SELECT value->>0, value->>1 FROM json_each(?)`,
      [JSON.stringify(rows.map(({ id, ...data }) => [id, JSON.stringify(data)]))],
    )
  }
}

/** The same place has the same id in every run. In random order of their ids, as uuids would be. */
function placeOf(cities: readonly City[], index: number): Place {
  const [name, country, population] = cities[index % cities.length]!
  const hash = Math.imul(index + 1, 0x9e3779b1) >>> 0
  return {
    id: `${hash.toString(16).padStart(8, '0')}-${index}`,
    name,
    search: name.toLowerCase(),
    country,
    population,
    batch: Math.floor(index / batchRows),
    note: '',
  }
}
