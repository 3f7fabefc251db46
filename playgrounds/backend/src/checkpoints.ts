/**
 * Checkpoints: what a client can download right now, read in one statement, so that count, checksum and last operation
 * belong together.
 */
import type { Postgres, Queryable } from './postgres.ts'
import type { ClientBucket, ClientBuckets } from './sync-config.ts'

export interface Client {
  readonly user: string
  readonly id: string
}

export interface Checkpoint {
  readonly lastOpId: string
  readonly writeCheckpoint: string | null
  readonly buckets: ReadonlyMap<string, BucketSum>
}

interface BucketSum {
  readonly count: number
  readonly checksum: number
}

export async function readCheckpoint(
  postgres: Postgres,
  client: Client,
  buckets: readonly ClientBucket[],
): Promise<Checkpoint> {
  interface Row {
    last_op_id: string
    write_checkpoint: string | null
    sums: Record<string, BucketSum> | null
  }
  const { rows } = await postgres.query<Row>(
    `select
       (select coalesce(max(op_id), 0)::text from sync.operations) last_op_id,
       (select checkpoint::text from sync.write_checkpoints
         where user_id = $1 and client_id = $2) write_checkpoint,
       (select json_object_agg(bucket, json_build_object('count', count, 'checksum', checksum))
          from sync.buckets where bucket = any ($3)) sums`,
    [client.user, client.id, buckets.map(({ bucket }) => bucket)],
  )
  const { last_op_id = '0', write_checkpoint = null, sums = null } = rows[0] ?? {}
  const found = new Map(Object.entries(sums ?? {}))
  const empty = { count: 0, checksum: 0 }
  return {
    lastOpId: last_op_id,
    writeCheckpoint: write_checkpoint,
    buckets: new Map(buckets.map(({ bucket }) => [bucket, found.get(bucket) ?? empty])),
  }
}

/** The line that opens a stream. */
export function checkpointLine(
  checkpoint: Checkpoint,
  { streams, buckets }: ClientBuckets,
): string {
  return lineOf({
    checkpoint: { ...heading(checkpoint), buckets: describe(checkpoint, buckets), streams },
  })
}

/** The line that brings a client from one checkpoint to the next; undefined when nothing of it is the client's. */
export function diffLine(
  before: Checkpoint,
  after: Checkpoint,
  buckets: readonly ClientBucket[],
): string | undefined {
  const changed = buckets.filter(({ bucket }) => {
    const [old, now] = [before.buckets.get(bucket), after.buckets.get(bucket)]
    return old?.count !== now?.count || old?.checksum !== now?.checksum
  })
  if (changed.length === 0 && before.writeCheckpoint === after.writeCheckpoint) return undefined
  return lineOf({
    checkpoint_diff: {
      ...heading(after),
      updated_buckets: describe(after, changed),
      removed_buckets: [],
    },
  })
}

export function lineOf(content: object): string {
  return `${JSON.stringify(content)}\n`
}

function heading({ lastOpId, writeCheckpoint }: Checkpoint): object {
  return {
    last_op_id: lastOpId,
    ...(writeCheckpoint === null ? {} : { write_checkpoint: writeCheckpoint }),
  }
}

function describe(checkpoint: Checkpoint, buckets: readonly ClientBucket[]): object[] {
  return buckets.map(({ bucket, priority, reasons }) => ({
    bucket,
    ...checkpoint.buckets.get(bucket),
    priority,
    subscriptions: reasons,
  }))
}

/**
 * Gives the client its next write checkpoint. It counts as reached as soon as it is stored, so what the client has
 * uploaded must be in the log by then.
 */
export async function nextWriteCheckpoint(sql: Queryable, client: Client): Promise<string> {
  const { rows } = await sql.query<{ checkpoint: string }>(
    `insert into sync.write_checkpoints as known values ($1, $2, 1)
     on conflict (user_id, client_id) do update set checkpoint = known.checkpoint + 1
     returning checkpoint::text`,
    [client.user, client.id],
  )
  return rows[0]?.checkpoint ?? ''
}

/** The same with a number that the client has chosen; an older one changes nothing. */
export async function reachWriteCheckpoint(
  sql: Queryable,
  client: Client,
  wanted: string,
): Promise<string> {
  const { rows } = await sql.query<{ checkpoint: string }>(
    `insert into sync.write_checkpoints as known values ($1, $2, $3)
     on conflict (user_id, client_id) do update
       set checkpoint = greatest(known.checkpoint, excluded.checkpoint)
     returning checkpoint::text`,
    [client.user, client.id, wanted],
  )
  return rows[0]?.checkpoint ?? ''
}
