/**
 * All that the three planners share below their templates: one database, its collections, its connection.
 */
import type { PowerSyncDatabase } from '@powersync/web'
import {
  createPowerSyncCollection,
  type Readable,
  type WriteError,
  writeErrors,
} from '@rowsignal/core'
import { createApi } from './api.ts'
import { createConnector } from './connector.ts'
import { createCount } from './count.ts'
import { openDatabase } from './database.ts'
import { createFaults, type Faults } from './faults.ts'
import { schema } from './schema.ts'
import { type Framework, readSession, type Session } from './session.ts'
import { createSetting, type Setting } from './setting.ts'

export type Planner = Session & Collections & Readables & { readonly database: PowerSyncDatabase }
type Collections = ReturnType<typeof createCollections>

interface Readables {
  /** How many writes wait in PowerSync's upload queue. */
  readonly pendingUploads: Readable<number>
  /** How many places are on this device. */
  readonly placesCount: Readable<number>
  /** Writes that this device could not take; the rows have gone back. */
  readonly failedWrites: Readable<readonly WriteError[]>
  readonly faults: Faults
  readonly offline: Setting
  readonly placesWanted: Setting
}

export function openPlanner(framework: Framework): Planner {
  const session = readSession(framework)
  const database = openDatabase(session)
  const api = createApi(session.user)
  const faults = createFaults(api)
  const offline = createSetting(`${session.name}:offline`)
  const connector = createConnector(api, faults.refresh)

  // Each tab follows the switch, also when another tab has turned it.
  offline.subscribe((isOffline) => {
    const done = isOffline
      ? database.disconnect()
      : database.connect(connector, { retryDelayMs: 1000, crudUploadThrottleMs: 100 })
    done.catch(reportError)
  })

  return {
    ...session,
    ...createCollections(database),
    database,
    pendingUploads: createCount(database, 'ps_crud'),
    placesCount: createCount(database, 'places'),
    failedWrites: writeErrors(database),
    faults,
    offline,
    placesWanted: createSetting(`${session.name}:places`),
  }
}

function createCollections(database: PowerSyncDatabase) {
  return {
    trips: createPowerSyncCollection({ database, table: schema.props.trips }),
    stops: createPowerSyncCollection({ database, table: schema.props.stops }),
    refusals: createPowerSyncCollection({ database, table: schema.props.refusals }),
  }
}
