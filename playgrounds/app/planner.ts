/**
 * All that the three planners share below their templates: one database, its collections, its connection.
 */
import type { PowerSyncDatabase } from '@powersync/web'
import {
  createPowerSyncCollection,
  type KeptSeeds,
  openSeeds,
  type Outbox,
  outbox,
  type Readable,
  refused,
  type WriteError,
  writeErrors,
} from '@rowsignal/core'
import { createApi } from './api.ts'
import { createCount } from './count.ts'
import { openDatabase } from './database.ts'
import { createFaults, type Faults } from './faults.ts'
import { createPlaces } from './places.ts'
import { type RefusedChange, refusedChanges } from './refused-changes.ts'
import { schema } from './schema.ts'
import { type Framework, readSession, type Session } from './session.ts'
import { createSetting, type Setting } from './setting.ts'
import { createDeletions, type Deletions } from './undo.ts'
import { connectorOf } from './upload-parts.ts'

export type Planner = Session & Collections & Readables & { readonly database: PowerSyncDatabase }
type Collections = ReturnType<typeof createCollections>

interface Readables {
  /** What waits for upload, and how that goes. */
  readonly outbox: Outbox
  /** What the server has refused, until the traveller tries it again or gives it up. */
  readonly refusedChanges: Readable<readonly RefusedChange[]>
  /** How many places are on this device. */
  readonly placesCount: Readable<number>
  /** Writes that this device could not take; the rows have gone back. */
  readonly failedWrites: Readable<readonly WriteError[]>
  /** What was deleted last, to be taken back. */
  readonly deletions: Deletions
  readonly faults: Faults
  /** What this device showed last, to be shown until its database is open. */
  readonly seeds: readonly KeptSeeds[]
  readonly offline: Setting
  readonly placesWanted: Setting
}

export async function openPlanner(framework: Framework): Promise<Planner> {
  const session = readSession(framework)
  const database = openDatabase(session)
  const seeds = openSeeds({ database, user: session.user }) // is read while the rest is made
  const api = createApi(session.user)
  const faults = createFaults(api)
  const offline = createSetting(`${session.name}:offline`)
  const connector = connectorOf(api)
  const writes = refused(database)
  writes.listen(faults.refresh) // the backend refuses once, and turns the switch off

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
    seeds: [await seeds],
    outbox: outbox(database),
    refusedChanges: refusedChanges(writes),
    placesCount: createCount(database, 'places'),
    failedWrites: writeErrors(database),
    deletions: createDeletions(),
    faults,
    offline,
    placesWanted: createSetting(`${session.name}:places`),
  }
}

function createCollections(database: PowerSyncDatabase) {
  return {
    trips: createPowerSyncCollection({ database, table: schema.props.trips }),
    stops: createPowerSyncCollection({ database, table: schema.props.stops }),
    places: createPlaces(database),
  }
}
