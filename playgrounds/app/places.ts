/** The 135,233 places stay in SQLite; the screen asks for the few that it shows. */
import type { PowerSyncDatabase } from '@powersync/web'
import type { Place } from './schema.ts'
import { toSearch } from './search-text.ts'

export const placesStream = { name: 'places' }

/** The largest places whose name begins so; none below two letters, or before the places have been downloaded. */
export function suggestPlaces(database: PowerSyncDatabase, text: string): Promise<Place[]> {
  const prefix = toSearch(text.trim())
  if (prefix.length < 2) return Promise.resolve([])
  // A range, because no index serves `LIKE` in SQLite's default collation: 0.9 ms instead of 20 ms.
  return database.getAll<Place>(
    'SELECT * FROM places WHERE search >= ? AND search < ? ORDER BY population DESC LIMIT 6',
    [prefix, `${prefix}\u{10FFFF}`],
  )
}
