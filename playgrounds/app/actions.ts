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
    const stopIds = stopsInOrder(planner, id).map((stop) => stop.id)
    transact(() => {
      if (stopIds.length > 0) planner.stops.delete(stopIds)
      planner.trips.delete(id)
    })
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

/** Adds a stop at the end, on the day of the one before it. */
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
      day: last?.day ?? 1,
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

export function deleteStop({ stops }: Planner, id: string): void {
  stops.delete(id)
}

/** Moves a stop up (-1) or down (1) by one, and numbers anew what is out of order then. */
export function moveStop(planner: Planner, stop: Stop, by: -1 | 1): void {
  whenRead(planner, () => renumber(planner, stop, by))
}

function renumber(planner: Planner, { id, trip_id }: Stop, by: -1 | 1): void {
  const order = stopsInOrder(planner, trip_id)
  const from = order.findIndex((stop) => stop.id === id)
  const moved = order[from]
  const other = order[from + by]
  if (moved === undefined || other === undefined) return
  order[from] = other
  order[from + by] = moved
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
