import { openPowerSync } from '@rowsignal/core/web'
import { createConsoleLogger, LogLevels, type PowerSyncDatabase } from '@powersync/web'
import { schema } from './schema.ts'
import type { Session } from './session.ts'

/**
 * The local database of one user in one framework's page; the tabs of that page share it. It goes on when a tab of them
 * crashes, and holds none of them up while its page is hidden for long.
 */
export function openDatabase({ name, vfs }: Session): PowerSyncDatabase {
  return openPowerSync({
    schema,
    logger: createConsoleLogger({ minLevel: LogLevels.warn }),
    database: { dbFilename: `${name}.db`, vfs },
  })
}
