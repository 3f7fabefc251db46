/**
 * Reads what is wanted of a table into a collection, in chunks, each in its own short write lock: writers are never held
 * for the whole read, and a read connection might be stale (OPFSWriteAheadVFS, 11 of 100 reads right after a commit).
 */
import type { LockContext } from '@powersync/common'
import { ours } from '../libraries/lock-holders.ts'
import type { Follower, StoredRows } from './follower.ts'
import { watchReadLock } from './tell-developer.ts'
import type { Publisher } from './publish.ts'
import type { PublishOrder } from './publish-order.ts'
import { readFirstRows, SubsetReader } from './subset-reader.ts'
import type { TrackedTable, Tracking } from './tracking.ts'
import type { Database } from '../libraries/powersync.ts'

export interface ReadOptions {
  readonly database: Database
  readonly tracking: Tracking
  readonly order: PublishOrder
  readonly publisher: Publisher
}

/**
 * Shows what fills a screen of a table whose trigger is yet to be made, in the lock in which it is made: what changes later is
 * recorded, so nothing that is shown goes old unseen. The read of all finds these rows once more.
 *
 * @returns When they are read.
 */
export async function showFirstRows(
  follower: Follower,
  lock: LockContext,
  order: PublishOrder,
): Promise<void> {
  const { demands, followed, chunkRows } = follower
  const isWanted = demands.some(({ isEverything, isBackground }) => isEverything && !isBackground)
  if (!isWanted || !follower.isEmpty) return
  const reading = readFirstRows(lock, followed, chunkRows)
  const shown = order.run(
    (locked) => {
      void locked()
      return reading
    },
    (rows) => {
      if (follower.reading) follower.commitChunk(new Map(rows))
    },
  )
  shown.catch(() => undefined) // the read of all tells
  await reading // and not until they are shown, which may wait for an earlier holder of the lock
}

/**
 * Reads the rows of all demands, unless the follower gets another trigger meanwhile, fails or ends.
 *
 * The records of what changed meanwhile are read in the lock of the last chunk and applied after it: every commit is
 * then either in a chunk or among the records.
 */
export async function readTable(
  follower: Follower,
  tracked: TrackedTable,
  { database, tracking, order, publisher }: ReadOptions,
): Promise<void> {
  const { followed, chunkRows } = follower
  const found = follower.isEmpty ? undefined : new Set<string>()
  const readers = [...follower.demands]
    .filter(({ isBackground, isLive }) => !isBackground || isLive) // what is shown of the rest stays
    .map(
      (demand) =>
        new SubsetReader(demand, followed, { rows: chunkRows, beginSmall: follower.isEmpty }),
    )

  for (;;) {
    const [reader] = readers
    const lockGranted = watchReadLock(follower)
    const isLast = await order
      .run(
        (locked) =>
          database.writeLock(
            ours(
              `the read of collection \`${follower.collection.id}\``,
              async (lock: LockContext) => {
                lockGranted()
                const earlier = locked()
                const rows = (await reader?.read(lock)) ?? []
                if (reader?.done === true) readers.shift()
                const changes =
                  readers.length === 0 ? await tracking.readRecords(lock, earlier) : undefined
                return { rows, changes }
              },
            ),
          ),
        ({ rows, changes }) => {
          const current = tracked.followers.has(follower) && follower.reading
          const stored: StoredRows = new Map(rows)
          if (reader !== undefined) follower.demands.onRead(reader.demand, reader.failure)
          if (current) follower.commitChunk(stored)
          for (const id of stored.keys()) found?.add(id)
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
