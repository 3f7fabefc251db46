import type { CommonPowerSyncDatabase } from '@powersync/common'
import { RowsignalError, type Seeds } from '@rowsignal/core'
import { hasInjectionContext, type ObjectPlugin } from 'vue'
import { createProvided } from './provided.ts'
import { seedsKey } from './seeds.ts'

const provided = createProvided<CommonPowerSyncDatabase>('rowsignal.powersync')

/**
 * The plugin that gives a database to a whole app: its components, its stores and its router's guards.
 *
 * @example
 * createApp(App).use(createRowsignal({ database })).mount('#app')
 */
export function createRowsignal(options: {
  readonly database: CommonPowerSyncDatabase
  /** Rows to show until SQLite has been read: `openSeeds`, `seed`. */
  readonly seeds?: readonly Seeds[]
}): ObjectPlugin {
  return {
    install(app) {
      app.provide(provided.key, options.database)
      app.provide(seedsKey, options.seeds ?? [])
    },
  }
}

/**
 * Gives a database to this component, from here on, and to those below it: for a part of an app that has its own.
 * `createRowsignal` gives one to all.
 *
 * @example
 * providePowerSync(database)
 */
export function providePowerSync(database: CommonPowerSyncDatabase): void {
  provided.give(database)
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
  const database = provided.find()
  if (database !== undefined) return database
  throw new RowsignalError(
    'no-provider',
    'context: no PowerSync database is provided here. Call `app.use(createRowsignal({ database }))`, or pass the database.',
  )
}
