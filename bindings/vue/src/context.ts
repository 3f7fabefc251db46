import type { CommonPowerSyncDatabase } from '@powersync/common'
import { RowsignalError } from '@rowsignal/core'
import { type App, hasInjectionContext, inject, type InjectionKey, provide } from 'vue'

const databaseKey: InjectionKey<CommonPowerSyncDatabase> = Symbol('rowsignal.powersync')

/**
 * Gives a database to the components below, or with `app` to the whole app.
 *
 * @example
 * providePowerSync(database, app)
 */
export function providePowerSync(database: CommonPowerSyncDatabase, app?: App): void {
  if (app === undefined) provide(databaseKey, database)
  else app.provide(databaseKey, database)
}

/**
 * The database that `providePowerSync` gave.
 *
 * @throws {RowsignalError} `no-provider` if there is none.
 */
export function usePowerSync(): CommonPowerSyncDatabase {
  const database = hasInjectionContext() ? inject(databaseKey, undefined) : undefined
  if (database !== undefined) return database
  throw new RowsignalError(
    'no-provider',
    'context: no PowerSync database is provided here. Call providePowerSync(database, app), or pass the database.',
  )
}
