/** The 135,233 places stay in SQLite; in memory are those that a search or a list of stops shows. */
import {
  BasicIndex,
  eq,
  gte,
  type InitialQueryBuilder,
  type LiveQueryCollectionUtils,
  lt,
} from '@tanstack/db'
import type { PowerSyncDatabase } from '@powersync/web'
import { createPowerSyncCollection, type Readable, type SqlRows, sqlQuery } from '@rowsignal/core'
import { schema } from './schema.ts'
import { afterPrefix, toSearch } from './search-text.ts'

export const placesStream = { name: 'places' }

/** How many places a search shows at first, and how many more when somebody has scrolled to the last of them. */
export const placesPerPage = 50

export type Places = ReturnType<typeof createPlaces>

export function createPlaces(database: PowerSyncDatabase) {
  return createPowerSyncCollection({
    database,
    table: schema.props.places,
    syncMode: 'on-demand',
    // With an index the next page is asked for by where the last one ended.
    autoIndex: 'eager',
    defaultIndexType: BasicIndex,
  })
}

export interface PlaceSearch {
  readonly text: string
  /** ISO 3166; '' for any. */
  readonly country: string
}

/** The places whose name begins so, the largest first; undefined while there is nothing to look for. */
export function searchPlaces(
  query: InitialQueryBuilder,
  places: Places,
  { text, country }: PlaceSearch,
) {
  const prefix = toSearch(text.trim())
  if (prefix === '' && country === '') return undefined
  let found = query.from({ place: places })
  if (prefix !== '') {
    found = found
      .where(({ place }) => gte(place.search, prefix))
      .where(({ place }) => lt(place.search, afterPrefix(prefix)))
  }
  if (country !== '') found = found.where(({ place }) => eq(place.country, country))
  return found.orderBy(({ place }) => place.population, 'desc').limit(placesPerPage)
}

/** What `useLiveQuery` says of a search: null while it is disabled. */
type Found = {
  readonly size: number
  readonly utils: Pick<LiveQueryCollectionUtils, 'getWindow' | 'setWindow'>
} | null

/** Has a search show a page more when its list is scrolled to the last that it shows, unless that is all there is. */
export function scrollPlaces({ currentTarget }: Event, search: Found): void {
  const { scrollHeight, scrollTop, clientHeight } = currentTarget as Element
  const isNearEnd = scrollHeight - scrollTop < 2 * clientHeight
  const limit = search?.utils.getWindow()?.limit ?? 0
  if (!isNearEnd || search === null || search.size < limit) return
  const shown = search.utils.setWindow({ offset: 0, limit: limit + placesPerPage })
  if (shown !== true) shown.catch(reportError)
}

/** The countries that have places on this device. One look at the index for each, since `DISTINCT` reads all of it. */
export function listCountries(database: PowerSyncDatabase): Readable<SqlRows<{ code: string }>> {
  return sqlQuery(
    database,
    `WITH RECURSIVE country (code) AS (
      SELECT min(country) FROM places
      UNION ALL
      SELECT (SELECT min(country) FROM places WHERE country > code) FROM country WHERE code IS NOT NULL
    )
    SELECT code FROM country WHERE code IS NOT NULL`,
  )
}
