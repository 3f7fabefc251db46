import { column, Schema, Table } from '@powersync/common'

/** The real cities, and the countries that they lie in, for the join. */
export const schema = new Schema({
  places: new Table({
    name: column.text,
    country: column.text,
    population: column.integer,
    lat: column.real,
    lon: column.real,
    note: column.text,
  }),
  countries: new Table({ name: column.text, note: column.text }),
})

export interface Place {
  id: string
  name: string
  country: string
  population: number
  lat: number
  lon: number
  note: string
}
