/**
 * What both sides show: one collection of made-up places, on a database that the three pages of this room share. Nothing of it
 * leaves the device.
 */
import { ilike, type InitialQueryBuilder } from '@tanstack/db'
import { column, createConsoleLogger, LogLevels, Schema, Table } from '@powersync/web'
import { createPowerSyncCollection } from '@rowsignal/core'
import { openPowerSync, pickStorage } from '@rowsignal/core/web'

const mostPlaces = 10_000

/** All of them, or as many as the address says: `?places=2000`. */
export const placesCount = countOf(new URLSearchParams(location.search).get('places'))

function countOf(asked: string | null): number {
  const count = Number(asked ?? mostPlaces)
  if (Number.isInteger(count) && count >= 1_000 && count <= mostPlaces) return count
  throw new Error(`?places=${asked} is no number from 1,000 to ${mostPlaces}`)
}

/** `thousands`: how many thousand people live there. */
const table = new Table(
  { name: column.text, country: column.text, thousands: column.integer },
  { localOnly: true },
)
const schema = new Schema({ compared_places: table })

export type Place = (typeof schema.types)['compared_places'] & { id: string }
export type Places = ReturnType<typeof createPlaces>

/** Opens the database; fills it if that has not been done on this device. */
export async function openPlaces(): Promise<Places> {
  const dbFilename = `compare-${placesCount}.db`
  const { vfs } = await pickStorage(dbFilename)
  const logger = createConsoleLogger({ minLevel: LogLevels.warn })
  const database = openPowerSync({ schema, logger, database: { dbFilename, vfs } })
  await database.execute(fill, [...[starts, middles, ends, countries].map(toJson), placesCount])
  const places = createPlaces(database)
  await places.preload()
  return places
}

function createPlaces(database: ReturnType<typeof openPowerSync>) {
  return createPowerSyncCollection({ database, table: schema.props.compared_places })
}

/** Neither adapter keeps a query that nothing shows any more, or it would go on working while the other one is measured. */
export const keptMs = 1

/** The query of both sides: all places, or those whose name begins so. */
export function findPlaces(query: InitialQueryBuilder, places: Places, text: string) {
  const all = query.from({ place: places })
  return text === '' ? all : all.where(({ place }) => ilike(place.name, `${text}%`))
}

/** The place with this number in the order of the list, which is the one of the ids. */
export function idOf(index: number): string {
  return String(index + 1).padStart(5, '0')
}

// Each of 25 starts has 20 middles, each of those 20 ends.
const starts =
  'Al Bar Cal Dor El Fen Gal Hol Il Jar Kal Lor Mar Nor Ol Pel Quin Ros San Tor Ul Ver Wes Yar Zel'
const middles = 'a ad am an ar e el en er es et i il in is o on or ow u'
const ends =
  'berg burg dale field ford grad ham haven holm land minster mont mouth port stad ton vik ville wick wood'
const countries =
  'Argentina Australia Austria Brazil Canada Chile Denmark Estonia Finland France Ghana India Ireland Japan Kenya Morocco Norway Peru Spain Sweden'

const toJson = (words: string): string => JSON.stringify(words.split(' '))

const fill = `
  WITH numbered AS (
    SELECT
      a.key * 400 + b.key * 20 + c.key AS number,
      (a.key * 400 + b.key * 20 + c.key) * 7919 % 10007 AS mixed,
      a.value || b.value || c.value AS name
    FROM json_each(?1) a, json_each(?2) b, json_each(?3) c
  )
  INSERT INTO compared_places (id, name, country, thousands)
  SELECT
    printf('%05d', number + 1),
    name,
    (SELECT value FROM json_each(?4) WHERE key = mixed % 20),
    1 + mixed % 997
  FROM numbered
  WHERE number < ?5 AND NOT EXISTS (SELECT 1 FROM compared_places)`
