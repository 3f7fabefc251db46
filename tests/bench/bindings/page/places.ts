/** What all variants show: a collection of places whose sync is driven by hand, with no database behind it. */
import {
  type Collection,
  createCollection,
  type NonSingleResult,
  type SyncConfig,
} from '@tanstack/db'
import type { Place } from '../../schema.ts'

export type { Place } from '../../schema.ts'

export type Places = Collection<Place, string> & NonSingleResult

type Sync = Parameters<SyncConfig<Place, string>['sync']>[0]

export interface PlacesSource {
  readonly places: Places
  /** One commit. */
  readonly commit: (changes: (write: Sync['write']) => void) => void
}

/** Holds `rows`, in the order of their keys or of `compare`. */
export function openPlaces(
  rows: readonly Place[],
  compare?: (a: Place, b: Place) => number,
): PlacesSource {
  let sync: Sync | undefined
  const commit: PlacesSource['commit'] = (changes) => {
    sync?.begin()
    changes((change) => sync?.write(change))
    void sync?.commit()
  }
  const places = createCollection<Place, string>({
    getKey: (row) => row.id,
    ...(compare && { compare }),
    gcTime: 0, // not cleaned up between two mounts
    startSync: true,
    sync: {
      rowUpdateMode: 'full',
      sync(params) {
        sync = params
      },
    },
  })
  commit((write) => {
    for (const value of rows) write({ type: 'insert', value })
  })
  sync?.markReady()
  return { places, commit }
}
