import { createConsoleLogger, LogLevels, type Schema } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { WASQLiteOpenFactory } from '@powersync/web'
import { onTestFinished } from 'vitest'
import { inMemory } from './in-memory.ts'

export interface DatabaseOptions {
  /** What the SDK prints. Default: errors and warnings. A test that cuts connections on purpose has no use for them. */
  readonly logLevel?: number
}

/** A real PowerSync database in memory on the SDK's WASM engine, closed when the test ends. */
export async function openDatabase(
  schema: Schema,
  { logLevel = LogLevels.warn }: DatabaseOptions = {},
): Promise<PowerSyncDatabase> {
  const logger = createConsoleLogger({ minLevel: logLevel })
  const database = new PowerSyncDatabase({
    schema,
    logger,
    factory: new WASQLiteOpenFactory({
      logger: createConsoleLogger({ minLevel: Math.max(logLevel, LogLevels.error) }), // it warns of tabs
      open: inMemory(),
    }),
  })
  await database.init()
  onTestFinished(() => database.close())
  return database
}
