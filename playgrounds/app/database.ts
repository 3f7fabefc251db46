import {
  createConsoleLogger,
  LogLevels,
  PowerSyncDatabase,
  WASQLiteOpenFactory,
} from '@powersync/web'
import { schema } from './schema.ts'
import type { Session } from './session.ts'

/** The local database of one user in one framework's page; the tabs of that page share it. */
export function openDatabase({ name, vfs }: Session): PowerSyncDatabase {
  const logger = createConsoleLogger({ minLevel: LogLevels.warn })
  return new PowerSyncDatabase({
    schema,
    logger,
    // A VFS can only be chosen through the factory (@powersync/web 2.4.0).
    factory: new WASQLiteOpenFactory({ logger, open: { dbFilename: `${name}.db`, vfs } }),
  })
}
