/** The rows of the table of refused writes, followed: read anew when a commit has touched it. */
import type { LockContext } from '@powersync/common'
import { ours } from '../libraries/lock-holders.ts'
import { reportToPlatform } from '../errors.ts'
import { type Database, onCommit } from '../libraries/powersync.ts'
import { selectRefused } from '../libraries/refused-sql.ts'
import { quote } from '../libraries/sql.ts'
import { TryAgain } from '../libraries/try-again.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable, type Stop } from '../readable/readable.ts'
import { findRefusedTable } from './tables.ts'

/** A refused operation as it is stored. */
export interface RefusedRow {
  /** `<client id>/<operation id>` */
  readonly id: string
  readonly reason: string
  readonly code: string | null
  readonly status: number | null
  readonly refused_at: string
  readonly table_name: string
  readonly row_id: string
  /** Its number in the upload queue. */
  readonly operation_id: number
  /** The number that all operations of its SQLite transaction have. */
  readonly transaction_id: number | null
  readonly operation: 'PUT' | 'PATCH' | 'DELETE'
  readonly data: string | null
  readonly metadata: string | null
  readonly row_before: string | null
  /** The refused insert of the same row that it goes with. */
  readonly behind: string | null
  /** Whether the server has come to have the row all the same, so that nothing goes with this insert any more. */
  readonly is_superseded: number | null
}

/** Table -> ids of the rows that have a refused write. */
export type RefusedKeys = ReadonlyMap<string, ReadonlySet<string>>

/**
 * The refused operations in the order of the upload queue; empty where the schema has no table for them.
 *
 * Shape: the same array until a commit has touched the table. Empty until the first listener's read has come back.
 */
export const refusedRowsOf: (database: Database) => Readable<readonly RefusedRow[]> = perObject(
  (database: Database) => {
    let rows: readonly RefusedRow[] = []
    let text = '[]'
    return createReadable({
      get: () => rows,
      start: (changed) =>
        follow(database, (read) => {
          const next = JSON.stringify(read)
          if (next === text) return // a commit that touched the table, and changed nothing of it
          text = next
          rows = read
          changed()
        }),
    })
  },
)

/** The keys of the rows that have a refused write, by table; the same map while no refused write comes or goes. */
export const refusedKeysOf: (database: Database) => Readable<RefusedKeys> = perObject(
  (database: Database) => {
    const source = refusedRowsOf(database)
    let rows: readonly RefusedRow[] = []
    let keys: RefusedKeys = new Map()
    return createReadable({
      get() {
        const read = source.get()
        if (read !== rows) keys = keysOf(read)
        rows = read
        return keys
      },
      start: (changed) => source.listen(changed),
    })
  },
)

function keysOf(rows: readonly RefusedRow[]): RefusedKeys {
  const keys = new Map<string, Set<string>>()
  for (const { table_name, row_id } of rows) {
    const known = keys.get(table_name)
    if (known === undefined) keys.set(table_name, new Set([row_id]))
    else known.add(row_id)
  }
  return keys
}

/**
 * Reads the refused operations of some numbers of the upload queue, from the first to the last: an operation that is not
 * in the queue any more and is here was refused.
 */
export async function readRefused(
  database: Database,
  first: number,
  last: number,
): Promise<readonly RefusedRow[]> {
  const table = findRefusedTable(database)
  if (table === undefined) return []
  // A reading connection may be behind on some kinds of storage (@powersync/web 2.4.0).
  const read = (lock: LockContext): Promise<RefusedRow[]> =>
    lock.getAll<RefusedRow>(
      `SELECT * FROM ${quote(table.viewName)} WHERE operation_id BETWEEN ? AND ?
        AND id = powersync_client_id() || '/' || operation_id ORDER BY operation_id`,
      [first, last],
    )
  return database.writeLock(ours('a read of refused writes', read))
}

/** Calls with the rows now and after each commit that touches them. */
function follow(database: Database, use: (rows: readonly RefusedRow[]) => void): Stop {
  const table = findRefusedTable(database)
  if (table === undefined) return () => undefined
  let isStopped = false
  let isReading = false
  let isDue = false
  const select = (lock: LockContext): Promise<RefusedRow[]> =>
    lock.getAll<RefusedRow>(selectRefused(table.viewName))
  const again = new TryAgain(() => void read())
  const read = async (): Promise<void> => {
    isDue = true
    if (isReading) return
    isReading = true
    try {
      while (isDue) {
        isDue = false
        const rows = await database.writeLock(ours('a read of refused writes', select))
        again.stop()
        if (!isStopped) use(rows)
      }
    } catch (error) {
      // A database that is closed has no more news.
      if (!isStopped && !database.closed) {
        reportToPlatform(error)
        again.failed(error)
      }
    } finally {
      isReading = false
    }
  }
  const stop = onCommit(database, (tables) => {
    if (tables.includes(table.internalName)) void read()
  })
  void read()
  return () => {
    isStopped = true
    isDue = false
    again.stop()
    stop()
  }
}
