/**
 * Reads the rows of one demand, a chunk in each lock. What is few comes in one statement, by whatever index; what is much,
 * by key: TanStack DB keeps keys in a sorted array (100k rows in random order cost 0.9.2 7.6 s, ordered 0.8), and a place in
 * the keys is where the next lock can go on.
 */
import type { LockContext } from '@powersync/common'
import { readInexactValues } from '../codec/inexact-values.ts'
import { selectChunk } from '../libraries/sql.ts'
import { passes } from '../libraries/storage-faults.ts'
import type { AnyRow } from '../libraries/tanstack.ts'
import type { Demand } from '../subset/demand.ts'
import type { Subset } from '../subset/subset.ts'
import type { FollowedTable } from './followed-table.ts'

export type StoredRow = readonly [id: string, data: AnyRow]

/** What `selectChunk` gives. */
interface StoredChunk {
  readonly rows: readonly StoredRow[]
  readonly last: string
}

/** Of a larger chunk the lock would be held for long, and V8 has no text of more than 512 M characters. */
const chunkBytes = 8 * 2 ** 20

/** So many fill a screen: they are read alone, to be on the page one frame later. What fills a chunk takes it ten times as long. */
const firstRows = 200

/** The second chunk is a whole one, unless the rows are large. */
const growth = 50

export class SubsetReader {
  readonly demand: Demand
  readonly #followed: FollowedTable
  #chunkRows: number
  #rowLimit: number
  /** Where the last chunk ended. */
  #place: string | undefined
  #byKey: boolean
  #done = false
  #failure: { readonly error: unknown } | undefined

  /**
   * @param chunks.rows The rows of a chunk, at most.
   * @param chunks.beginSmall Whether the first one of all rows is to be small, as nothing is shown yet.
   */
  constructor(
    demand: Demand,
    followed: FollowedTable,
    { rows, beginSmall }: { readonly rows: number; readonly beginSmall: boolean },
  ) {
    this.demand = demand
    this.#followed = followed
    this.#chunkRows = rows
    this.#byKey = demand.isEverything
    this.#rowLimit = this.#byKey && beginSmall ? Math.min(firstRows, rows) : rows
  }

  /** Has the next chunks be so many times as large. */
  scale(factor: number): void {
    this.#chunkRows = Math.ceil(this.#chunkRows * Math.min(factor, 2))
    this.#rowLimit = this.#chunkRows
  }

  /** Whether all has been read. */
  get done(): boolean {
    return this.#done
  }

  /** Why the rows of a predicate could not be read. Other demands go on. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /**
   * The next rows; to be called under the write lock.
   *
   * @throws What SQLite throws at a read of every row, or of what it has read before, and what may pass: it is of the table and
   * not of what is asked.
   */
  async read(lock: LockContext): Promise<readonly StoredRow[]> {
    try {
      const rows = this.#byKey ? await this.#readChunk(lock) : await this.#readAtOnce(lock)
      await readInexactValues(lock, this.#followed.table, rows)
      return rows
    } catch (error) {
      if (this.demand.isEverything || this.demand.wasRead || passes(error)) throw error
      this.#failure = { error }
      this.#done = true
      return []
    }
  }

  async #readAtOnce(lock: LockContext): Promise<readonly StoredRow[]> {
    const subset = this.demand.subset!
    if (subset.window !== undefined) {
      this.#done = true
      return this.#readWindow(lock, subset, subset.window.limit)
    }
    const rowLimit = this.#chunkRows
    const { sql, parameters } = subset.statement({ rowLimit })
    const found = await lock.get<{ rows: string }>(sql, [...parameters])
    const rows = parse(found.rows) as readonly StoredRow[]
    if (rows.length < rowLimit) {
      this.#done = true
      return rows
    }
    this.#byKey = true
    return this.#readChunk(lock)
  }

  /** SQLite counts bad rows, which nobody is shown; then it is asked for more. */
  async #readWindow(
    lock: LockContext,
    subset: Subset,
    limit: number,
  ): Promise<readonly StoredRow[]> {
    const { sql, parameters } = subset.statement({ limit })
    const found = await lock.get<{ rows: string; isWhole: number }>(sql, [...parameters])
    const rows = parse(found.rows) as readonly StoredRow[]
    if (found.isWhole === 1) return rows
    const { codec } = this.#followed
    const good = rows.filter(([id, data]) => 'row' in codec.decode(id, data)).length
    return good < subset.window!.limit ? this.#readWindow(lock, subset, 2 * limit) : rows
  }

  async #readChunk(lock: LockContext): Promise<readonly StoredRow[]> {
    const { internalName } = this.#followed.table
    const filter = this.demand.subset?.filter
    const which = this.#place === undefined ? 'first' : 'next'
    const sql = selectChunk(internalName, which, filter?.sql)
    const byteLimit = this.#rowLimit === 1 ? Number.MAX_SAFE_INTEGER : chunkBytes
    const { chunk } = await lock.get<{ chunk: string | null }>(sql, [
      ...(this.#place === undefined ? [] : [this.#place]),
      ...(filter?.parameters ?? []),
      this.#rowLimit,
      byteLimit,
    ])
    if (chunk === null) {
      this.#rowLimit = Math.ceil(this.#rowLimit / 2)
      return this.#readChunk(lock)
    }
    const { rows, last } = parse(chunk) as StoredChunk
    this.#done = rows.length < this.#rowLimit
    this.#rowLimit = which === 'first' ? this.#rowLimit * growth : this.#rowLimit * 2
    this.#rowLimit = Math.min(this.#rowLimit, this.#chunkRows)
    this.#place = last
    return rows
  }
}

/**
 * The rows that SQLite has soonest, which lie together: by key each lies elsewhere in the file, and IndexedDB took 190 ms for 200 of
 * them in place of 15. To be called under the write lock.
 *
 * @param chunkRows The rows of a chunk, at most.
 */
export async function readFirstRows(
  lock: LockContext,
  { table }: FollowedTable,
  chunkRows: number,
): Promise<readonly StoredRow[]> {
  const { chunk } = await lock.get<{ chunk: string | null }>(
    selectChunk(table.internalName, 'any'),
    [Math.min(firstRows, chunkRows), chunkBytes],
  )
  if (chunk === null) return [] // they are large: the first chunk by key has fewer of them
  const { rows } = parse(chunk) as StoredChunk
  await readInexactValues(lock, table, rows)
  return rows
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('a stored row is no JSON') // what was thrown quotes it
  }
}
