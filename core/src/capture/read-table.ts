/**
 * Reads a whole table into a collection, by key and in chunks, each in its own short write lock: writers are never held
 * for the whole read, and a read connection might be stale (OPFSWriteAheadVFS, 11 of 100 reads right after a commit).
 *
 * By key also because TanStack DB keeps keys in a sorted array: 100k rows in random order cost 0.9.2 7.6 s, ordered 0.8.
 */
import type { LockContext } from '@powersync/common'
import type { Follower, StoredRows, WhenShown } from './follower.ts'
import { readInexactValues } from '../codec/inexact-values.ts'
import type { PublishOrder } from './publish-order.ts'
import type { Database } from '../libraries/powersync.ts'
import type { Changes } from './publish.ts'
import type { Stop } from '../readable/readable.ts'
import { selectChunk } from '../libraries/sql.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

export interface ReadOptions {
  database: Database
  order: PublishOrder
  internalName: string
  /** Reads what changed meanwhile; called in the lock of the last chunk. */
  readRecords(lock: LockContext): Promise<Changes>
  /** Publishes what `readRecords` found. */
  publish(changes: Changes): void
  readonly whenShown: WhenShown
  /** Has it told when the lock does not come; to be called when it is there. */
  watchLock(): Stop
  /** Whether the table is still the one that the collection follows. */
  isCurrent(): boolean
}

/** What `selectChunk` gives. */
interface StoredChunk {
  rows: [id: string, data: AnyRow][]
  last: string
}

/** Of a larger chunk the lock would be held for long, and V8 has no text of more than 512 M characters. */
const chunkBytes = 8 * 2 ** 20

/**
 * Reads all rows; the collection is ready when it resolves.
 *
 * The records of what changed meanwhile are read in the lock of the last chunk and applied after it: every commit is
 * then either in a chunk or among the records.
 */
export async function readTable(follower: Follower, options: ReadOptions): Promise<void> {
  const { database, order } = options
  const { chunkRows } = follower
  const found = follower.isEmpty ? undefined : new Set<string>()
  let place: string | undefined
  let rowLimit = chunkRows

  const readChunk = async (lock: LockContext): Promise<StoredChunk> => {
    const sql = selectChunk(options.internalName, place === undefined ? 'first' : 'next')
    const byteLimit = rowLimit === 1 ? Number.MAX_SAFE_INTEGER : chunkBytes
    const limits = [rowLimit, byteLimit]
    const { chunk } = await lock.get<{ chunk: string | null }>(
      sql,
      place === undefined ? limits : [place, ...limits],
    )
    if (chunk !== null) return parseChunk(chunk)
    rowLimit = Math.ceil(rowLimit / 2)
    return readChunk(lock)
  }

  for (;;) {
    const lockGranted = options.watchLock()
    const isLast = await order
      .run(
        (locked) =>
          database.writeLock(async (lock) => {
            lockGranted()
            locked()
            const { rows, last } = await readChunk(lock)
            await readInexactValues(lock, follower.followed.table, rows)
            const changes = rows.length < rowLimit ? await options.readRecords(lock) : undefined
            return { rows, last, changes }
          }),
        ({ rows, last, changes }) => {
          const current = options.isCurrent() && !follower.ended
          const stored: StoredRows = new Map(rows)
          if (current) follower.commitChunk(stored)
          for (const id of stored.keys()) found?.add(id)
          place = last
          rowLimit = Math.min(rowLimit * 2, chunkRows)
          if (changes === undefined) return !current
          options.publish(changes) // also if nobody wants this table any more: it holds those of the others
          if (current) follower.endRead(found, options.whenShown)
          return true
        },
      )
      .finally(lockGranted)
    if (isLast) return
  }
}

function parseChunk(text: string): StoredChunk {
  try {
    return JSON.parse(text) as StoredChunk
  } catch {
    throw new Error('a stored row is no JSON') // what was thrown quotes it
  }
}
