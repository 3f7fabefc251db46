import type { CommonPowerSyncDatabase } from '@powersync/common'
import { RowsignalError } from '@rowsignal/core'
import {
  type EffectScope,
  getCurrentScope,
  hasInjectionContext,
  inject,
  type InjectionKey,
  type ObjectPlugin,
  provide,
} from 'vue'

const databaseKey: InjectionKey<CommonPowerSyncDatabase> = Symbol('rowsignal.powersync')

/**
 * What a component provides, for itself: Vue's `inject` looks only above it. By its scope, since a store that is made
 * in its `setup` has another one, and serves the whole app.
 */
const ownDatabases = new WeakMap<EffectScope, CommonPowerSyncDatabase>()

/**
 * The plugin that gives a database to a whole app: its components, its stores and its router's guards.
 *
 * @example
 * createApp(App).use(createRowsignal({ database })).mount('#app')
 */
export function createRowsignal(options: {
  readonly database: CommonPowerSyncDatabase
}): ObjectPlugin {
  return { install: (app) => void app.provide(databaseKey, options.database) }
}

/**
 * Gives a database to this component, from here on, and to those below it: for a part of an app that has its own.
 * `createRowsignal` gives one to all.
 *
 * @example
 * providePowerSync(database)
 */
export function providePowerSync(database: CommonPowerSyncDatabase): void {
  provide(databaseKey, database)
  const scope = getCurrentScope()
  if (scope !== undefined) ownDatabases.set(scope, database)
}

/**
 * The database that `createRowsignal` or `providePowerSync` gave.
 *
 * @throws {RowsignalError} `no-provider` if there is none, or outside of `setup`, a store and `app.runWithContext`.
 */
export function usePowerSync(): CommonPowerSyncDatabase {
  if (!hasInjectionContext()) {
    throw new RowsignalError(
      'no-provider',
      'context: a database can be looked up only in `setup` (before its first await), in a store, or in ' +
        '`app.runWithContext`. Call the hook there, or pass it the database.',
    )
  }
  const scope = getCurrentScope()
  const own = scope && ownDatabases.get(scope)
  const database = own ?? inject(databaseKey, undefined)
  if (database !== undefined) return database
  throw new RowsignalError(
    'no-provider',
    'context: no PowerSync database is provided here. Call `app.use(createRowsignal({ database }))`, or pass the database.',
  )
}
