/** A database whose uploads go by `createConnector` to an `UploadServer`, and which syncs with a `SyncEndpoint`. */
import { column, LogLevels, Schema, Table } from '@powersync/common'
import type { PowerSyncDatabase } from '@powersync/node'
import {
  type ConnectorOptions,
  createConnector,
  rowsignalTables,
  uploadWithFetch,
} from '@rowsignal/core'
import { expect, onTestFinished } from 'vitest'
import { openDatabase } from './database.ts'
import { eventually } from './eventually.ts'
import { SyncEndpoint } from './sync-endpoint.ts'
import { type Answers, startUploadServer, type UploadServer } from './upload-server.ts'

export const schema = new Schema({
  lists: new Table({ name: column.text }),
  todos: new Table({ title: column.text, done: column.integer, weight: column.real }),
  tracked: new Table({ title: column.text }, { trackPrevious: true, trackMetadata: true }),
  ...rowsignalTables,
})

/** Tries again soon: a test waits for it. */
export const backOff = { firstMs: 5, maxMs: 50 }

/** So that the SDK does not wait between two looks at the queue. */
export const connectOptions = { crudUploadThrottleMs: 1, retryDelayMs: 10 }

export interface Outbox {
  readonly database: PowerSyncDatabase
  readonly server: UploadServer
  readonly endpoint: SyncEndpoint
  /** Uploads and syncs from now on. */
  readonly connect: (options?: Partial<ConnectorOptions>) => Promise<void>
}

export async function openOutbox(answers?: Answers): Promise<Outbox> {
  const server = await startUploadServer(answers)
  const endpoint = new SyncEndpoint()
  await endpoint.start()
  onTestFinished(() => endpoint.stop())
  const database = await openDatabase(schema, { logLevel: LogLevels.error })
  return {
    database,
    server,
    endpoint,
    connect: (options) => database.connect(connectorTo(server, endpoint, options), connectOptions),
  }
}

function connectorTo(
  server: UploadServer,
  endpoint: SyncEndpoint,
  options?: Partial<ConnectorOptions>,
) {
  const { fetchCredentials } = endpoint.connector()
  return createConnector({
    fetchCredentials,
    upload: uploadWithFetch(server.url),
    backOff,
    ...options,
  })
}

/** What waits in the queue, in order: `PUT todos a`. */
export async function queued(database: PowerSyncDatabase): Promise<string[]> {
  const rows = await database.getAll<{ data: string }>('SELECT data FROM ps_crud ORDER BY id')
  return rows.map(({ data }) => {
    const { op, type, id } = JSON.parse(data) as { op: string; type: string; id: string }
    return `${op} ${type} ${id}`
  })
}

export async function untilUploaded(database: PowerSyncDatabase): Promise<void> {
  await eventually(async () => expect(await queued(database)).toEqual([]))
}

/** The refused operations that are stored. */
export function storedRefused(database: PowerSyncDatabase): Promise<
  {
    id: string
    reason: string
    code: string | null
    status: number | null
    table_name: string
    row_id: string
    operation: string
    data: string | null
    metadata: string | null
    row_before: string | null
    behind: string | null
    refused_at: string
  }[]
> {
  return database.getAll('SELECT * FROM rowsignal_refused ORDER BY operation_id')
}
