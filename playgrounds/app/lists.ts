/** What the screens list: TanStack DB queries, sorted and filtered as the data changes. */
import { eq, type InitialQueryBuilder } from '@tanstack/db'
import type { Planner } from './planner.ts'

/** All trips, the oldest first. */
export function listTrips({ trips }: Planner) {
  const query = (query: InitialQueryBuilder) =>
    query
      .from({ trip: trips })
      .orderBy(({ trip }) => trip.created_at)
      .orderBy(({ trip }) => trip.id)
  return { query, queryKey: ['trips'] }
}

/**
 * The stops of one trip in their order, with what is known of their places; two that were added offline at one position are
 * ordered by id. Of the places it asks for those of its stops.
 */
export function listStops({ stops, places }: Planner, tripId: string) {
  const query = (query: InitialQueryBuilder) =>
    query
      .from({ stop: stops })
      .leftJoin({ place: places }, ({ stop, place }) => eq(stop.place_id, place.id))
      .where(({ stop }) => eq(stop.trip_id, tripId))
      .orderBy(({ stop }) => stop.position)
      .orderBy(({ stop }) => stop.id)
      .select(({ stop, place }) => ({
        ...stop,
        country: place.country,
        population: place.population,
      }))
  return { query, getKey: idOf, queryKey: ['stops', tripId] }
}

/** A stop stays the same row when its place arrives. */
function idOf({ id }: { id: string }): string {
  return id
}
