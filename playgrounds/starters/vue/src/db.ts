/** The database on this device, and the collections of its tables. */
import { column, PowerSyncDatabase, Schema, Table } from '@powersync/web'
import { createPowerSyncCollection, rowsignalTables, type TableRow } from '@rowsignal/core'

export const schema = new Schema({
  trips: new Table({
    owner_id: column.text,
    name: column.text,
    starts_on: column.text,
    created_at: column.text,
  }),
  ...rowsignalTables, // what the server has refused is kept there
})

/** Who uses this page: `?user=2` is somebody else. Your app takes it from its sign-in. */
export const user = new URLSearchParams(location.search).get('user') ?? '1'

/** A file for each user: nobody is shown the rows of another. */
export const database = new PowerSyncDatabase({
  schema,
  database: { dbFilename: `trips-${user}.db` },
})

export type Trip = TableRow<typeof schema.props.trips>

export const trips = createPowerSyncCollection({ database, table: schema.props.trips })

/** It is on the screen at once, in SQLite a moment later, and on the server when there is a connection. */
export function addTrip(name: string): void {
  trips.insert({
    id: crypto.randomUUID(),
    owner_id: user,
    name,
    starts_on: null,
    created_at: new Date().toISOString(),
  })
}
