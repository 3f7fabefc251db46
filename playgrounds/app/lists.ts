/** What the screens list: TanStack DB queries, sorted and filtered as the data changes. */
import { eq, type InitialQueryBuilder } from '@tanstack/db'
import type { Planner } from './planner.ts'

/** All trips, the oldest first. */
export function listTrips(query: InitialQueryBuilder, { trips }: Planner) {
  return query
    .from({ trip: trips })
    .orderBy(({ trip }) => trip.created_at)
    .orderBy(({ trip }) => trip.id)
}

/** The stops of one trip in their order; two that were added offline at one position are ordered by id. */
export function listStops(query: InitialQueryBuilder, { stops }: Planner, tripId: string) {
  return query
    .from({ stop: stops })
    .where(({ stop }) => eq(stop.trip_id, tripId))
    .orderBy(({ stop }) => stop.position)
    .orderBy(({ stop }) => stop.id)
}
