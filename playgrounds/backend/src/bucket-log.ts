/**
 * The log of operations as the streams read it. Only this process writes it, so where each bucket stands is kept in
 * memory, and a page is read once for all clients that are at the same place: after an upload, one query a bucket,
 * whatever the number of its clients.
 */
import type { News } from './news.ts'
import type { Queryable } from './postgres.ts'

export interface BucketState {
  readonly bucket: string
  readonly count: number
  readonly checksum: number
  /** How many rows are in it. */
  readonly live: number
  /** The last operation in it. */
  readonly lastOp: bigint
}

export interface BucketLog {
  /** The last operation of all. */
  readonly lastOp: bigint
  /** Where a bucket stands; undefined when nothing has ever been in it. */
  stateOf(bucket: string): BucketState | undefined
  states(): Iterable<BucketState>
  /** Takes over what has been committed, and tells the streams. */
  advance(states: readonly BucketState[]): void
  /** Takes over the whole log, which has been made anew. */
  reload(): Promise<void>
  /** The operations of a bucket after `after`; undefined when `upTo`, its last one once, has been compacted away. */
  page(bucket: string, after: bigint, upTo: bigint): Promise<Page | undefined>
}

export interface Page {
  /** One line of the protocol. The bytes are shared by all clients that it is sent to. */
  readonly line: Buffer
  readonly last: bigint
}

/**
 * The most of a page. With 500 operations a download of all places costs 20 MB more memory, with 1,000 it was 24 to 45
 * MB; the time is the same (tests/backend/places.test.ts).
 */
const pageOperations = 500
const pageCharacters = 256 * 1024
/** Clients that start together stay within a few pages of each other. 32 pages are up to 8 MB. */
const keptPages = 32

/** What a statement that changes `sync.buckets` returns, for `toBucketState`. */
export const bucketColumns =
  'bucket, count::int, checksum::float8, live::int, last_op::text as "lastOp"'

export interface BucketRow extends Omit<BucketState, 'lastOp'> {
  readonly lastOp: string
}

export function toBucketState({ lastOp, ...state }: BucketRow): BucketState {
  return { ...state, lastOp: BigInt(lastOp) }
}

export async function openBucketLog(postgres: Queryable, news: News): Promise<BucketLog> {
  const buckets = new Map<string, BucketState>()
  const pages = new Map<string, Promise<Page | undefined>>()
  let lastOp = 0n
  const advance = (states: readonly BucketState[]) => {
    for (const state of states) {
      buckets.set(state.bucket, state)
      if (state.lastOp > lastOp) lastOp = state.lastOp
    }
    news.announce()
  }
  const reload = async () => {
    const { rows } = await postgres.query<BucketRow>(`select ${bucketColumns} from sync.buckets`)
    buckets.clear()
    pages.clear()
    advance(rows.map(toBucketState))
  }
  await reload()
  return {
    get lastOp() {
      return lastOp
    },
    stateOf: (bucket) => buckets.get(bucket),
    states: () => buckets.values(),
    advance,
    reload,
    page(bucket, after, upTo) {
      const key = `${after} ${upTo} ${bucket}`
      const known = pages.get(key)
      if (known !== undefined) return known
      const page = readPage(postgres, bucket, { after, upTo })
      pages.set(key, page)
      // Whoever waits for it gets the error; the next one asks again.
      page.catch(() => pages.delete(key))
      const [oldest = key] = pages.keys()
      if (pages.size > keptPages) pages.delete(oldest)
      return page
    },
  }
}

/** Postgres writes the JSON, so no row becomes an object here. */
async function readPage(
  postgres: Queryable,
  bucket: string,
  { after, upTo }: { after: bigint; upTo: bigint },
): Promise<Page | undefined> {
  const { rows } = await postgres.query<{ data: string | null; last: string }>(
    `select string_agg('{"op_id":"' || op_id || '",' || members || '}', ',' order by op_id) data,
            max(op_id)::text last
       from (select op_id, members,
                    sum(length(members)) over (order by op_id) - length(members) characters_before
               from (select op_id, members from sync.operations
                      where bucket = $1 and op_id > $2 and op_id <= $3
                      order by op_id limit $4) page) sized
      where characters_before < $5`,
    [bucket, String(after), String(upTo), pageOperations, pageCharacters],
  )
  const [page] = rows
  // The last operation of a bucket stays until the bucket is compacted, so there is one.
  if (page?.data == null) return undefined
  const last = BigInt(page.last)
  const heading = JSON.stringify({
    bucket,
    after: String(after),
    has_more: last < upTo,
    next_after: page.last,
  })
  return { line: Buffer.from(`{"data":${heading.slice(0, -1)},"data":[${page.data}]}}\n`), last }
}
