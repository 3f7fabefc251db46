/**
 * The tables of the planner as every client holds them. The server has the same ones and decides who sees which rows.
 */
import { column, Schema, Table } from '@powersync/web'
import { rowsignalTables } from '@rowsignal/core'

const trips = new Table({
  owner_id: column.text,
  name: column.text,
  starts_on: column.text,
  created_at: column.text,
})

const stops = new Table(
  {
    trip_id: column.text,
    owner_id: column.text,
    place_id: column.text,
    place: column.text,
    note: column.text,
    day: column.integer,
    position: column.integer,
    done: column.integer,
  },
  { indexes: { trip: ['trip_id', 'position'] } },
)

/** 135,233 cities; `search` is the name in lower case without accents. */
const places = new Table(
  {
    name: column.text,
    search: column.text,
    country: column.text,
    population: column.integer,
    lat: column.real,
    lon: column.real,
  },
  { indexes: { search: ['search', 'population'], country: ['country', 'search', 'population'] } },
)

export const schema = new Schema({ trips, stops, places, ...rowsignalTables })

export type Trip = (typeof schema.types)['trips'] & { id: string }
export type Stop = (typeof schema.types)['stops'] & { id: string }
export type Place = (typeof schema.types)['places'] & { id: string }

/** A stop with what is known of its place: nothing before the places have been downloaded. */
export type ListedStop = Stop & { [Column in 'country' | 'population']?: Place[Column] | undefined }

/** What the form of a stop edits. */
export const stopFields = ['place', 'day', 'note'] as const
