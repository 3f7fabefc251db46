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

/** What `selectChunk` gives. */
interface StoredChunk {
  rows: string
  last: string
}

interface Chunk {
  rows: [id: string, data: AnyRow][]
  /** Only with the last chunk. */
  changes: Changes | undefined
  place: string
  /** Characters of the text that the rows came in. */
  length: number
}

/** What the first chunk has, for their size is not known yet: of the largest that PowerSync syncs (15 MB) no more fit into one text. */
const firstChunkRows = 32
/** Characters that a chunk is to have: V8 ends at 2^29, and the lock is not to be held for longer than by small rows. */
const chunkLength = 2 ** 22

/** How many rows the next chunk has, by the size of the last. At least one, whatever its size. */
function rowsOf(last: Pick<Chunk, 'rows' | 'length'>, most: number): number {
  return Math.max(1, Math.min(most, Math.floor((last.rows.length * chunkLength) / last.length)))
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
  const first = selectChunk(options.internalName, 'first')
  const next = selectChunk(options.internalName, 'next')
  const found = sync.isEmpty ? undefined : new Set<string>()
  let place: string | undefined
  let limit = Math.min(firstChunkRows, chunkRows)

  for (;;) {
    const isLast = await order.run(
      (locked) =>
        database.writeLock(async (lock): Promise<Chunk> => {
          locked()
          const chunk = await (place === undefined
            ? lock.get<StoredChunk>(first, [limit])
            : lock.get<StoredChunk>(next, [place, limit]))
          const rows = JSON.parse(chunk.rows) as Chunk['rows']
          await settleDoubts(lock, sync.source.table, rows)
          const changes = rows.length < limit ? await options.readRecords(lock) : undefined
          return { rows, changes, place: chunk.last, length: chunk.rows.length }
        }),
      (chunk) => {
        const { rows, changes } = chunk
        const current = options.isCurrent() && !sync.ended
        const stored: StoredRows = new Map(rows)
        if (current) sync.commitChunk(stored)
        for (const id of stored.keys()) found?.add(id)
        place = chunk.place
        limit = rowsOf(chunk, chunkRows)
        if (changes === undefined) return !current
        options.publish(changes) // also if nobody wants this table any more: it holds those of the others
        if (current) sync.endRead(found, options.whenShown)
        return true
      },
    )
    if (isLast) return
  }
}
