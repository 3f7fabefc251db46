/**
 * Reads a whole table into a collection, by key and in chunks, each in its own short write lock: writers are never held
 * for the whole read, and a read connection might be stale (OPFSWriteAheadVFS, 11 of 100 reads right after a commit).
 *
 * By key also because TanStack DB keeps keys in a sorted array: 100k rows in random order cost 0.9.2 7.6 s, ordered 0.8.
 */
import type { LockContext } from '@powersync/common'
import type { Follower, StoredRows } from './follower.ts'
import { watchReadLock } from './lock-watch.ts'
import type { Publisher } from './publish.ts'
import type { PublishOrder } from './publish-order.ts'
import type { TrackedTable, Tracking } from './tracking.ts'
import { readInexactValues } from '../codec/inexact-values.ts'
import type { Database } from '../libraries/powersync.ts'
import { selectChunk } from '../libraries/sql.ts'
import type { AnyRow } from '../libraries/tanstack.ts'

export interface ReadOptions {
  readonly database: Database
  readonly tracking: Tracking
  readonly order: PublishOrder
  readonly publisher: Publisher
}

/** What `selectChunk` gives. */
interface StoredChunk {
  rows: [id: string, data: AnyRow][]
  last: string
}

/** Of a larger chunk the lock would be held for long, and V8 has no text of more than 512 M characters. */
const chunkBytes = 8 * 2 ** 20

/**
 * Reads all rows, unless the follower gets another trigger meanwhile, fails or ends.
 *
 * The records of what changed meanwhile are read in the lock of the last chunk and applied after it: every commit is
 * then either in a chunk or among the records.
 */
export async function readTable(
  follower: Follower,
  tracked: TrackedTable,
  { database, tracking, order, publisher }: ReadOptions,
): Promise<void> {
  const { chunkRows } = follower
  const found = follower.isEmpty ? undefined : new Set<string>()
  let place: string | undefined
  let rowLimit = chunkRows

  const readChunk = async (lock: LockContext): Promise<StoredChunk> => {
    const sql = selectChunk(tracked.internalName, place === undefined ? 'first' : 'next')
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
    const lockGranted = watchReadLock(follower)
    const isLast = await order
      .run(
        (locked) =>
          database.writeLock(async (lock) => {
            lockGranted()
            locked()
            const { rows, last } = await readChunk(lock)
            await readInexactValues(lock, follower.followed.table, rows)
            const changes = rows.length < rowLimit ? await tracking.readRecords(lock) : undefined
            return { rows, last, changes }
          }),
        ({ rows, last, changes }) => {
          const current = tracked.followers.has(follower) && follower.reading
          const stored: StoredRows = new Map(rows)
          if (current) follower.commitChunk(stored)
          for (const id of stored.keys()) found?.add(id)
          place = last
          rowLimit = Math.min(rowLimit * 2, chunkRows)
          if (changes === undefined) return !current
          publisher.publish(changes) // also if nobody wants this table any more: it holds those of the others
          if (current && follower.endRead(found)) publisher.publishRead(follower)
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
