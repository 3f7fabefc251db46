import {
  createConsoleLogger,
  LogLevels,
  PowerSyncDatabase,
  type Schema,
  WASQLiteOpenFactory,
  WASQLiteVFS,
} from '@powersync/web'

const vfs = {
  OPFS: WASQLiteVFS.OPFSCoopSyncVFS,
  IDB: WASQLiteVFS.IDBBatchAtomicVFS,
}

export type Storage = keyof typeof vfs

export async function open(
  dbFilename: string,
  storage: Storage,
  schema: Schema,
): Promise<PowerSyncDatabase> {
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const factory = new WASQLiteOpenFactory({ logger, open: { dbFilename, vfs: vfs[storage] } })
  const database = new PowerSyncDatabase({ schema, logger, factory })
  await database.init()
  return database
}
