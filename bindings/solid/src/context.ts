import type { CommonPowerSyncDatabase } from '@powersync/common'
import { RowsignalError } from '@rowsignal/core'
import { createComponent, createContext, getOwner, type JSX, useContext } from 'solid-js'

// Solid 2 throws where nothing is provided, unless the context has a default.
const DatabaseContext = createContext<CommonPowerSyncDatabase | null>(null)

/**
 * Gives a database to the components below.
 *
 * @example
 * <PowerSyncProvider database={database}><App /></PowerSyncProvider>
 */
export function PowerSyncProvider(props: {
  readonly database: CommonPowerSyncDatabase
  readonly children?: JSX.Element
}): JSX.Element {
  return createComponent(DatabaseContext.Provider, {
    get value() {
      return props.database
    },
    get children() {
      return props.children
    },
  })
}

/**
 * The database that `PowerSyncProvider` gave.
 *
 * @throws {RowsignalError} `no-provider` if there is none, or outside of every component.
 */
export function usePowerSync(): CommonPowerSyncDatabase {
  if (getOwner() === null) {
    throw new RowsignalError(
      'no-provider',
      'context: a database can be looked up only while a component is made. Call the hook there, or pass it the database.',
    )
  }
  const database = useContext(DatabaseContext)
  if (database !== null) return database
  throw new RowsignalError(
    'no-provider',
    'context: no PowerSync database is provided here. Wrap the app in <PowerSyncProvider>, or pass the database.',
  )
}
