import type { CommonPowerSyncDatabase } from '@powersync/common'
import { RowsignalError } from '@rowsignal/core'
import { getContext, setContext } from 'svelte'

const databaseKey = Symbol('rowsignal.powersync')

/** Gives a database to the components below; call it while a component is made. */
export function providePowerSync(database: CommonPowerSyncDatabase): void {
  setContext(databaseKey, database)
}

/**
 * The database that `providePowerSync` gave.
 *
 * @throws {RowsignalError} `no-provider` if there is none, or if no component is being made.
 */
export function usePowerSync(): CommonPowerSyncDatabase {
  const database = lookUp()
  if (database !== undefined) return database
  throw new RowsignalError(
    'no-provider',
    'context: no PowerSync database is provided here. Call providePowerSync(database) above, or pass the database.',
  )
}

function lookUp(): CommonPowerSyncDatabase | undefined {
  try {
    return getContext<CommonPowerSyncDatabase | undefined>(databaseKey)
  } catch (cause) {
    throw new RowsignalError(
      'no-provider',
      'context: a database can be looked up only while a component is made. Call the hook there, or pass it the database.',
      { cause },
    )
  }
}
