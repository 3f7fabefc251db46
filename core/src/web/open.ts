/** Opening a database of @powersync/web that outlives the workers it runs in. */
import { PowerSyncDatabase, type WebPowerSyncDatabaseOptions } from '@powersync/web'

/** Opens a database in the browser. */
export function openPowerSync(options: WebPowerSyncDatabaseOptions): PowerSyncDatabase {
  return new PowerSyncDatabase(options)
}
