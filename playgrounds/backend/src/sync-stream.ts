/**
 * One client's stream in the PowerSync protocol, as lines of JSON:
 *
 *   checkpoint → data… → partial_checkpoint_complete (per priority) → … → checkpoint_complete
 *   then, for each change:  checkpoint_diff → data… → checkpoint_complete
 *
 * A line is made when the socket has room for it: at most one page of operations is in memory per client. When there
 * is something new in the middle of a long download, a checkpoint_diff goes out between two pages, so that a user's own
 * rows need not wait for 135,233 places.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { BucketLog } from './bucket-log.ts'
import { checkpointLine, diffLine, lineOf, takeCheckpoint, type Checkpoint } from './checkpoints.ts'
import type { News } from './news.ts'
import type { ClientBuckets } from './sync-config.ts'

export interface SyncStream {
  readonly bucketLog: BucketLog
  /** Announces what is new in the log, and the client's own write checkpoints. */
  readonly news: News
  readonly writeCheckpoint: () => bigint | undefined
  /** Epoch ms UTC. */
  readonly expiresAt: number
  readonly resolved: ClientBuckets
  /** Bucket → the last operation that the client has. */
  readonly positions: Map<string, bigint>
  /** How long a checkpoint waits. */
  readonly delayMs: () => number
  /** Aborts when the stream is over: the token has expired, the client has gone or the backend stops. */
  readonly signal: AbortSignal
}

const keepAliveMs = 20_000

export async function* syncLines(stream: SyncStream): AsyncGenerator<string | Buffer> {
  const { bucketLog, news, resolved, signal } = stream
  let seen = news.version
  const take = async () => {
    const delayMs = stream.delayMs()
    // A stream that is over ends in good order.
    if (delayMs > 0) await delay(delayMs, undefined, { signal }).catch(() => {})
    seen = news.version
    return takeCheckpoint(bucketLog, resolved.buckets, stream.writeCheckpoint())
  }
  let current = await take()
  yield checkpointLine(current, resolved)

  /** The next checkpoint, and its line, if there is one that concerns this client. */
  const newer = async () => {
    if (news.version === seen) return undefined
    const checkpoint = await take()
    const line = diffLine(current, checkpoint, resolved.buckets)
    return line === undefined ? undefined : { checkpoint, line }
  }
  for (;;) {
    let next = yield* deliver(stream, current, newer)
    while (next === undefined) {
      if (signal.aborted) return
      yield lineOf({ token_expires_in: Math.ceil((stream.expiresAt - Date.now()) / 1000) })
      await news.after(seen, { waitMs: keepAliveMs, signal })
      next = await newer()
    }
    current = next.checkpoint
    yield next.line
  }
}

interface Newer {
  readonly checkpoint: Checkpoint
  readonly line: string
}

/**
 * Sends what the client lacks of a checkpoint; returns a newer one as soon as there is one. It stops in the middle when
 * the stream is over, or when a bucket has been compacted: then a newer checkpoint is about to come.
 */
async function* deliver(
  { bucketLog, positions, resolved, signal }: SyncStream,
  checkpoint: Checkpoint,
  newer: () => Promise<Newer | undefined>,
): AsyncGenerator<string | Buffer, Newer | undefined> {
  const { buckets } = resolved
  const last_op_id = String(checkpoint.lastOp)
  const priorities = [...new Set(buckets.map(({ priority }) => priority))].sort((a, b) => a - b)
  for (const priority of priorities) {
    for (const { bucket } of buckets.filter((each) => each.priority === priority)) {
      const upTo = checkpoint.buckets.get(bucket)?.lastOp ?? 0n
      for (;;) {
        if (signal.aborted) return undefined
        const after = positions.get(bucket) ?? 0n
        if (after >= upTo) break
        const page = await bucketLog.page(bucket, after, upTo)
        if (page === undefined) return undefined
        positions.set(bucket, page.last)
        yield page.line
        const next = page.last < upTo ? await newer() : undefined
        if (next !== undefined) return next
      }
    }
    if (priority !== priorities.at(-1))
      yield lineOf({ partial_checkpoint_complete: { last_op_id, priority } })
  }
  yield lineOf({ checkpoint_complete: { last_op_id } })
  return undefined
}
