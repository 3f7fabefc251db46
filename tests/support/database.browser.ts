import { createConsoleLogger, LogLevels, type Schema } from '@powersync/common'
import { PowerSyncDatabase, WASQLiteVFS } from '@powersync/web'
import { onTestFinished } from 'vitest'

/** What database.ts is in Node: a real PowerSync database in memory, here in a worker as in an app. */
export async function openDatabase(schema: Schema): Promise<PowerSyncDatabase> {
  const database = new PowerSyncDatabase({
    schema,
    logger: createConsoleLogger({ minLevel: LogLevels.error }),
    database: {
      dbFilename: `${crypto.randomUUID()}.db`,
      vfs: WASQLiteVFS.InMemoryVfs,
      enableMultiTabs: false,
    },
  })
  await database.init()
  onTestFinished(() => database.close())
  return database
}
