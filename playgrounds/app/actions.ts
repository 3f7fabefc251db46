/**
 * What a traveller does. Each is at once on the screen and in SQLite, and goes to the server when there is one.
 */
import { transact } from '@rowsignal/core'
import type { Planner } from './planner.ts'
import type { Stop } from './schema.ts'

export function addTrip({ trips, user }: Planner, name: string): string {
  const id = crypto.randomUUID()
  trips.insert({ id, owner_id: user, name, starts_on: null, created_at: new Date().toISOString() })
  return id
}

/** Deletes the trip with its stops: both or, when the server refuses, neither. */
export function deleteTrip(planner: Planner, id: string): void {
  whenRead(planner, () => {
    const { trips, stops, deletions } = planner
    const trip = trips.get(id)
    const tripStops = stopsInOrder(planner, id)
    transact(() => {
      if (tripStops.length > 0) stops.delete(tripStops.map((stop) => stop.id))
      trips.delete(id)
    })
    if (trip === undefined) return
    const undo = (): void =>
      void transact(() => {
        trips.insert(trip)
        if (tripStops.length > 0) stops.insert(tripStops)
      })
    deletions.offer({ subject: trip.name ?? '', undo })
  })
}

/** What reads rows, or writes several together, waits until they are there: the page shows those of the last visit before. */
function whenRead({ trips, stops }: Planner, act: () => void): void {
  if (trips.isReady() && stops.isReady()) act()
  else Promise.all([trips.preload(), stops.preload()]).then(act).catch(reportError)
}

export interface NewStop {
  readonly place: string
  /** The row of `places` that was chosen, if it was chosen from there. */
  readonly placeId: string | null
}

/** Adds a stop at the end, on the day after the one before it. */
export function addStop(planner: Planner, tripId: string, { place, placeId }: NewStop): void {
  whenRead(planner, () => {
    const last = stopsInOrder(planner, tripId).at(-1)
    planner.stops.insert({
      id: crypto.randomUUID(),
      trip_id: tripId,
      owner_id: planner.user,
      place_id: placeId,
      place,
      note: null,
      day: (last?.day ?? 0) + 1,
      position: (last?.position ?? 0) + 1,
      done: 0,
    })
  })
}

export function checkStop({ stops }: Planner, id: string, isDone: boolean): void {
  stops.update(id, (stop) => {
    stop.done = isDone ? 1 : 0
  })
}

export function deleteStop({ stops, deletions }: Planner, id: string): void {
  const stop = stops.get(id)
  stops.delete(id)
  if (stop === undefined) return
  deletions.offer({ subject: stop.place ?? '', undo: () => void stops.insert(stop) })
}

/** Moves a stop up (-1) or down (1) by one. */
export function moveStop(planner: Planner, { id, trip_id }: Stop, by: -1 | 1): void {
  whenRead(planner, () => {
    const order = stopsInOrder(planner, trip_id)
    renumber(planner, order, [id, order.findIndex((stop) => stop.id === id) + by])
  })
}

/** Moves a stop of a trip to an index among its stops. */
export function placeStop(
  planner: Planner,
  tripId: string,
  place: [id: string, index: number],
): void {
  whenRead(planner, () => renumber(planner, stopsInOrder(planner, tripId), place))
}

/** Numbers anew what is out of order when a stop is at its new index. */
function renumber(planner: Planner, order: Stop[], [id, index]: [string, number]): void {
  const from = order.findIndex((stop) => stop.id === id)
  const [moved] = from === -1 ? [] : order.splice(from, 1)
  if (moved === undefined || index < 0) return
  order.splice(index, 0, moved)
  transact(() => {
    for (const [index, stop] of order.entries()) {
      if (stop.position === index + 1) continue
      planner.stops.update(stop.id, (draft) => {
        draft.position = index + 1
      })
    }
  })
}

function stopsInOrder({ stops }: Planner, tripId: string | null): Stop[] {
  return stops.toArray
    .filter((stop) => stop.trip_id === tripId)
    .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || (a.id < b.id ? -1 : 1))
}
