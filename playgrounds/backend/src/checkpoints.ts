/** Checkpoints: what a client can download at a moment, and the lines that tell it. */
import type { BucketLog, BucketState } from './bucket-log.ts'
import type { ClientBucket, ClientBuckets } from './sync-config.ts'

export interface Checkpoint {
  readonly lastOp: bigint
  readonly writeCheckpoint: bigint | undefined
  /** Where each of the client's buckets stands; one in which nothing has ever been is not here. */
  readonly buckets: ReadonlyMap<string, BucketState>
}

/** The state of the log, taken at once, so that count, checksum and last operation belong together. */
export function takeCheckpoint(
  log: BucketLog,
  buckets: readonly ClientBucket[],
  writeCheckpoint: bigint | undefined,
): Checkpoint {
  const states = new Map<string, BucketState>()
  for (const { bucket } of buckets) {
    const state = log.stateOf(bucket)
    if (state !== undefined) states.set(bucket, state)
  }
  return { lastOp: log.lastOp, writeCheckpoint, buckets: states }
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
  // A bucket's state is another object when it is another state.
  const changed = buckets.filter(
    ({ bucket }) => before.buckets.get(bucket) !== after.buckets.get(bucket),
  )
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

function heading({ lastOp, writeCheckpoint }: Checkpoint): object {
  return {
    last_op_id: String(lastOp),
    ...(writeCheckpoint === undefined ? {} : { write_checkpoint: String(writeCheckpoint) }),
  }
}

function describe(checkpoint: Checkpoint, buckets: readonly ClientBucket[]): object[] {
  return buckets.map(({ bucket, priority, reasons }) => {
    const { count = 0, checksum = 0 } = checkpoint.buckets.get(bucket) ?? {}
    return { bucket, count, checksum, priority, subscriptions: reasons }
  })
}
