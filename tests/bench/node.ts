/** The measurements in Node, on the SDK's WASM engine in process. */
import '../support/engine.ts'
import { createConsoleLogger, LogLevels, type Schema } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { WASQLiteOpenFactory } from '@powersync/web'
import { schema as plain } from './schema.ts'
import { inMemory } from '../support/in-memory.ts'

export async function openInProcess(schema: Schema = plain): Promise<PowerSyncDatabase> {
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const database = new PowerSyncDatabase({
    schema,
    logger,
    factory: new WASQLiteOpenFactory({ logger, open: inMemory() }),
  })
  await database.init()
  return database
}
