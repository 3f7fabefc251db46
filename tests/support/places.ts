import { createPowerSyncCollection } from '@rowsignal/core'
import type { PowerSyncCollectionConfig } from '@rowsignal/core'
import { column, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  type Context,
  createLiveQueryCollection,
  type InitialQueryBuilder,
  type QueryBuilder,
} from '@tanstack/db'
import { openDatabase } from './database.ts'

export const placesSchema = new Schema({
  places: new Table(
    { name: column.text, country: column.text, population: column.integer },
    { indexes: { country: ['country'], population: ['population'] } },
  ),
  notes: new Table({ place_id: column.text, text: column.text }),
})

export const idOf = (index: number): string => `p${String(index).padStart(6, '0')}`

/**
 * Places `p000000`, … with the numbers from `first` on: each tenth is in the same country (`c0` to `c9`), and the
 * population is the number.
 */
export async function insertPlaces(
  database: PowerSyncDatabase,
  count: number,
  first = 0,
): Promise<void> {
  await database.execute(
    `INSERT INTO places(id, name, country, population)
     SELECT printf('p%06d', value), 'place ' || value, 'c' || (value % 10), value
     FROM (WITH RECURSIVE n(value) AS (SELECT ? UNION ALL SELECT value + 1 FROM n WHERE value < ?) SELECT value FROM n)`,
    [first, first + count - 1],
  )
}

type Options = Pick<
  PowerSyncCollectionConfig<typeof placesSchema.props.places>,
  | 'syncMode'
  | 'keepAliveMs'
  | 'syncBatchSize'
  | 'onLoadSubset'
  | 'stream'
  | 'defaultStringCollation'
>

export function createPlaces(database: PowerSyncDatabase, options: Options = {}) {
  const table = placesSchema.props.places
  return createPowerSyncCollection({ database, table, syncMode: 'on-demand', ...options })
}

export type Places = ReturnType<typeof createPlaces>

/** A database with so many places, and a collection of them that holds what is asked for. */
export async function openPlaces(count: number, options: Options = {}) {
  const database = await openDatabase(placesSchema)
  if (count > 0) await insertPlaces(database, count)
  return { database, places: createPlaces(database, options) }
}

type Row = { id: string }
type Query = (
  builder: InitialQueryBuilder,
) => QueryBuilder<Context & { result: Row; baseSchema: { place: Row }; schema: { place: Row } }>

/** A live query with a subscriber; `close` takes both away at once. */
export function openQuery(query: (builder: InitialQueryBuilder) => unknown) {
  const live = createLiveQueryCollection({ query: query as unknown as Query, gcTime: 1 })
  const subscription = live.subscribeChanges(() => undefined)
  const close = async (): Promise<void> => {
    subscription.unsubscribe()
    await live.cleanup()
  }
  return {
    live,
    close,
    /** The ids of the rows, in the order of the query. */
    ids: () => live.toArray.map((row) => (row as unknown as Row).id),
  }
}
