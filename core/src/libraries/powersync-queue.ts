/**
 * PowerSync's upload queue as SQLite has it: what waits, what was uploaded, and whether a checkpoint that holds it has been
 * applied. Read in PowerSync core 0.5.3 with @powersync/shared-internals 1.3.0; all that is relied on is in
 * docs/rooms/libraries.md.
 *
 *   write       ps_crud + 1, the row in ps_updated_rows, the target is 2^63-1
 *   uploaded    ps_crud - 1
 *   asked for   the queue is empty, the target is the number of a checkpoint
 *   applied     ps_updated_rows is empty, the applied checkpoint is not below the target
 */
import type { LockContext } from '@powersync/common'
import { RowsignalError } from '../errors.ts'
import type { Stop } from '../readable/readable.ts'
import { type Database, onCommit } from './powersync.ts'

/** The queue in one moment. */
export interface QueueState {
  /** The number of the newest operation that was ever in the queue; 0 before the first. */
  readonly last: number
  /** The number of the oldest that waits. */
  readonly first: number | undefined
  /** How many wait. */
  readonly waiting: number
  /** Whether nothing waits, and a checkpoint that holds all that was uploaded has been applied. */
  readonly inStep: boolean
  /** Another one after each clear of the database. */
  readonly era: string
}

/** An operation that waits in the queue. */
export interface QueuedOperation {
  /** Grows by one with each operation. */
  readonly id: number
  /** The SQLite transaction that it was part of. */
  readonly transaction: number
  /** The name of the table in the schema. */
  readonly table: string
  readonly key: string
  readonly op: string
}

/** Names the mark of an era in `ps_kv`, which a clear empties but for the id of the client. */
const eraKey = 'rowsignal_era'

// Of `main`: the TEMP tables of diff triggers have a `sqlite_sequence` of their own.
const selectState = `
SELECT
  (SELECT seq FROM main.sqlite_sequence WHERE name = 'ps_crud') AS last,
  (SELECT min(id) FROM ps_crud) AS first,
  (SELECT count(*) FROM ps_crud) AS waiting,
  (SELECT value FROM ps_kv WHERE key = 'target_checkpoint_request_id')
    <= ifnull((SELECT value FROM ps_kv WHERE key = 'last_applied_checkpoint_request_id'), -1) AS isApplied,
  (SELECT value FROM ps_kv WHERE key = '${eraKey}') AS era`

interface StoredState {
  readonly last: number | null
  readonly first: number | null
  readonly waiting: number
  /** Null when there is no target. */
  readonly isApplied: number | null
  readonly era: string | null
}

/** Reads how the queue is; the first time of an era it marks that. To be called under the write lock. */
export async function readQueueState(lock: LockContext): Promise<QueueState> {
  const stored = await lock.get<StoredState>(selectState)
  return {
    last: stored.last ?? 0,
    first: stored.first ?? undefined,
    waiting: stored.waiting,
    inStep: stored.waiting === 0 && stored.isApplied !== 0,
    era: stored.era ?? (await beginEra(lock)),
  }
}

async function beginEra(lock: LockContext): Promise<string> {
  const begun = await lock.get<{ value: string }>(
    `INSERT INTO ps_kv (key, value) VALUES ('${eraKey}', lower(hex(randomblob(16)))) RETURNING value`,
  )
  return begun.value
}

/** The operations that wait and are newer than `after`, in their order. */
export async function readOperations(lock: LockContext, after: number): Promise<QueuedOperation[]> {
  const { found } = await lock.get<{ found: string }>(
    `SELECT json_group_array(json_array(id, tx_id, data->>'type', data->>'id', data->>'op')) AS found
     FROM (SELECT * FROM ps_crud WHERE id > ? ORDER BY id)`,
    [after],
  )
  const rows = JSON.parse(found) as [number, number, string, string, string][]
  return rows.map(([id, transaction, table, key, op]) => ({ id, transaction, table, key, op }))
}

/**
 * The rows, as table and id, that the next checkpoint brings to what the server has: those of writes, and sometimes
 * others, which a bucket has lost.
 */
export async function readTouchedRows(lock: LockContext): Promise<[string, string][]> {
  const { found } = await lock.get<{ found: string }>(
    'SELECT json_group_array(json_array(row_type, row_id)) AS found FROM ps_updated_rows',
  )
  return JSON.parse(found) as [string, string][]
}

// A waiting operation of a row that waits for a checkpoint has set the target; those of insert-only tables do not.
const selectExpected = `
SELECT count(*) = 0 OR EXISTS (SELECT 1 FROM ps_kv WHERE key = 'target_checkpoint_request_id') AS isExpected
FROM (SELECT tx_id FROM ps_crud JOIN ps_updated_rows ON row_type = data->>'type' AND row_id = data->>'id' LIMIT 1)`

/**
 * Checks that the tables are as expected.
 *
 * @throws {RowsignalError} rejects with `unsupported-powersync`, which names the version.
 */
export async function assertQueue(database: Database, lock: LockContext): Promise<void> {
  const found: { isExpected: number; cause?: unknown } = await lock
    .get<{ isExpected: number }>(selectExpected)
    .catch((cause: unknown) => ({ isExpected: 0, cause }))
  if (found.isExpected === 1) return
  throw new RowsignalError(
    'unsupported-powersync',
    `outbox: PowerSync ${database.sdkVersion} keeps its upload queue otherwise than the core 0.5.3 that rowsignal was tested on. ` +
      'Install @powersync/common 2.3 with its platform package, in one copy.',
    found,
  )
}

/** What a commit may have changed of the queue: its operations, or how far uploading is. */
export type QueueChange = 'operations' | 'progress'

/** Calls `listener` after each commit that may have changed the queue. */
export function onQueueChange(database: Database, listener: (change: QueueChange) => void): Stop {
  return onCommit(database, (tables) => {
    if (tables.includes('ps_crud')) listener('operations')
    else if (tables.includes('ps_kv')) listener('progress')
  })
}
