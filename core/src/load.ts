/**
 * Reads a whole table into a collection, by key and in chunks, each in its own short write lock: writers are never held
 * for the whole read, and a read connection might be stale (OPFSWriteAheadVFS, 11 of 100 reads right after a commit).
 *
 * By key also because TanStack DB keeps keys in a sorted array: 100k rows in random order cost 0.9.2 7.6 s, ordered 0.8.
 */
import type { LockContext } from '@powersync/common'
import type { CollectionSync, StoredRows, WhenShown } from './collection-sync.ts'
import { settleDoubts } from './doubt.ts'
import type { LockOrder } from './lock-order.ts'
import type { Database } from './powersync.ts'
import type { Changes } from './publish.ts'
import { selectChunk } from './sql.ts'
import type { AnyRow } from './tanstack.ts'

export interface ReadOptions {
  database: Database
  order: LockOrder
  internalName: string
  /** Reads what changed meanwhile; called in the lock of the last chunk. */
  readRecords(lock: LockContext): Promise<Changes>
  /** Publishes what `readRecords` found. */
  publish(changes: Changes): void
  readonly whenShown: WhenShown
  /** Whether the table is still the one that the collection follows. */
  isCurrent(): boolean
}

interface Chunk {
  rows: [id: string, data: AnyRow][]
  /** Only with the last chunk. */
  changes: Changes | undefined
}

/**
 * Reads all rows; the collection is ready when it resolves.
 *
 * The records of what changed meanwhile are read in the lock of the last chunk and applied after it: every commit is
 * then either in a chunk or among the records.
 */
export async function readTable(sync: CollectionSync, options: ReadOptions): Promise<void> {
  const { database, order } = options
  const { chunkRows } = sync
  const sql = selectChunk(options.internalName)
  const found = sync.isEmpty ? undefined : new Set<string>()
  let last = ''

  for (;;) {
    const isLast = await order.run(
      (locked) =>
        database.writeLock(async (lock): Promise<Chunk> => {
          locked()
          const { chunk } = await lock.get<{ chunk: string }>(sql, [last, chunkRows])
          const rows = JSON.parse(chunk) as Chunk['rows']
          await settleDoubts(lock, sync.source.table, rows)
          const changes = rows.length < chunkRows ? await options.readRecords(lock) : undefined
          return { rows, changes }
        }),
      ({ rows, changes }) => {
        const current = options.isCurrent() && !sync.ended
        const stored: StoredRows = new Map(rows)
        if (current) sync.commitChunk(stored)
        for (const id of stored.keys()) found?.add(id)
        last = rows.at(-1)?.[0] ?? last
        if (changes === undefined) return !current
        options.publish(changes) // also if nobody wants this table any more: it holds those of the others
        if (current) sync.endRead(found, options.whenShown)
        return true
      },
    )
    if (isLast) return
  }
}
