/** A client that is connected to a sync endpoint, with collections of each kind of table. */
import { column, createConsoleLogger, LogLevels, Schema, Table } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { WASQLiteOpenFactory } from '@powersync/web'
import { createPowerSyncCollection, rowsignalTables } from '@rowsignal/core'
import { onTestFinished } from 'vitest'
import { keepFiles, newFiles, type StoredFiles } from './stored-files.ts'
import { SyncEndpoint } from './sync-endpoint.ts'
import { inMemory } from './in-memory.ts'

export const outboxSchema = new Schema({
  todos: new Table({ title: column.text, done: column.integer }, { viewName: 'todo_view' }),
  events: new Table({ title: column.text }, { insertOnly: true }),
  drafts: new Table({ title: column.text }, { localOnly: true }),
  ...rowsignalTables,
})

/** The collections of a database with `outboxSchema`, ready. */
async function outboxCollections(database: PowerSyncDatabase) {
  const { props } = outboxSchema
  const todos = createPowerSyncCollection({ database, table: props.todos })
  const events = createPowerSyncCollection({ database, table: props.events })
  const drafts = createPowerSyncCollection({ database, table: props.drafts })
  await Promise.all([todos.preload(), events.preload(), drafts.preload()])
  return { todos, events, drafts }
}

export async function startEndpoint(): Promise<SyncEndpoint> {
  const endpoint = new SyncEndpoint()
  await endpoint.start()
  onTestFinished(() => endpoint.stop())
  return endpoint
}

export type CheckpointMode = 'legacy' | 'requests'

/** Connects, and retries soon. */
export function connect(
  database: PowerSyncDatabase,
  endpoint: SyncEndpoint,
  checkpointMode: CheckpointMode = 'legacy',
): Promise<void> {
  return database.connect(endpoint.connector(), {
    checkpointMode,
    crudUploadThrottleMs: 1,
    retryDelayMs: 10,
  })
}

/** Databases on one connection, as tabs that share a worker have, over files that outlive them. */
function openConnection(files: StoredFiles) {
  keepFiles(files)
  // Connections are cut on purpose.
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const adapter = new WASQLiteOpenFactory({
    logger,
    open: inMemory(files.filename),
  }).openDB()
  return async (): Promise<PowerSyncDatabase> => {
    const database = new PowerSyncDatabase({ schema: outboxSchema, logger, opened: adapter })
    await database.init()
    onTestFinished(() => database.close())
    return database
  }
}

export interface OutboxOptions {
  readonly endpoint?: SyncEndpoint
  readonly files?: StoredFiles
}

/** A client of an endpoint that is not connected to it. */
export async function openOffline({ endpoint, files = newFiles() }: OutboxOptions = {}) {
  const openTab = openConnection(files)
  const database = await openTab()
  return {
    database,
    endpoint: endpoint ?? (await startEndpoint()),
    files,
    openTab,
    ...(await outboxCollections(database)),
  }
}

/** A client of an endpoint, connected. */
export async function openOutbox(options: OutboxOptions & { mode?: CheckpointMode } = {}) {
  const client = await openOffline(options)
  await connect(client.database, client.endpoint, options.mode)
  return client
}
