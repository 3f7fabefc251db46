/**
 * What a client may write: the tables, their columns and the values these take. A column that is not here cannot be
 * written, and its name never reaches SQL. `id` and `owner_id` are handled apart, the same for every table.
 */
import { z } from 'zod'

/** Half of a surrogate pair has no UTF-8: Postgres would be sent the same replacement character for each. */
const wellFormed = z.string().regex(/^\P{Surrogate}*$/u, 'Not well-formed Unicode')
const text = wellFormed.max(10_000)
const shortText = wellFormed.min(1).max(200)
const name = wellFormed.regex(/\S/, 'A trip needs a name').max(200)
const id = wellFormed.min(1).max(100)

const trips = z.strictObject({
  name,
  starts_on: z.iso.date().nullish(),
  created_at: z.iso.datetime({ offset: true }).optional(),
})

const stops = z.strictObject({
  trip_id: id,
  place_id: id.nullish(),
  place: shortText,
  note: text.nullish(),
  /** Counted from the day on which the trip starts. */
  day: z.int32().min(1, 'A stop cannot be on a day before the trip starts').nullish(),
  position: z.int32().optional(),
  // SQLite has no boolean.
  done: z.union([z.boolean(), z.literal(0), z.literal(1)]).optional(),
})

/** The columns of each writable table: `whole` for a new row, `part` for a change of one. */
export const writableTables = {
  trips: { whole: trips, part: trips.partial(), columns: Object.keys(trips.shape) },
  stops: { whole: stops, part: stops.partial(), columns: Object.keys(stops.shape) },
}

export type WritableTable = keyof typeof writableTables

/** Of one trip: what the planner is made to show. */
export const maxStops = 20

/** Tables that clients download and only the seed writes. */
export const readOnlyTables = ['places']

/** What the backend itself keeps of uploads. */
export const uploadTables = ['uploads', 'upload_parts']

export const rowId = id

/** The id of a client's database: what it likes, without control characters. */
export const clientId = z.string().regex(/^[^\p{Cc}\p{Surrogate}]{1,200}$/u, 'Not a client id')
