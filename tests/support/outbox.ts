/** A client that is connected to a sync endpoint, with collections of each kind of table. */
import { column, LogLevels, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import { createPowerSyncCollection, rowsignalTables } from '@rowsignal/core'
import { onTestFinished } from 'vitest'
import { openDatabase } from './database.ts'
import { SyncEndpoint } from './sync-endpoint.ts'

export const outboxSchema = new Schema({
  todos: new Table({ title: column.text, done: column.integer }, { viewName: 'todo_view' }),
  events: new Table({ title: column.text }, { insertOnly: true }),
  drafts: new Table({ title: column.text }, { localOnly: true }),
  ...rowsignalTables,
})

/** The collections of a database with `outboxSchema`, ready. */
export async function outboxCollections(database: PowerSyncDatabase) {
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

/** A client of an endpoint, connected. */
export async function openOutbox(options: { endpoint?: SyncEndpoint; mode?: CheckpointMode } = {}) {
  const database = await openDatabase(outboxSchema, { logLevel: LogLevels.error })
  const endpoint = options.endpoint ?? (await startEndpoint())
  await connect(database, endpoint, options.mode)
  return { database, endpoint, ...(await outboxCollections(database)) }
}
