/** A collection of a module of an app that runs on the server too: PowerSync's web SDK opens a database without rows there. */
import { createPowerSyncCollection } from '@rowsignal/core'
import { PowerSyncDatabase } from '@powersync/web'
import { schema } from '../contract.ts'

export const database = new PowerSyncDatabase({
  schema,
  database: { dbFilename: 'todos.db', disableSSRWarning: true },
})
export const todos = createPowerSyncCollection({ database, table: schema.props.todos })
