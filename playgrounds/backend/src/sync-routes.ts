/** The embedded sync endpoint: the three routes that the PowerSync SDK calls. */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Session, Signer } from './auth.ts'
import type { BucketLog } from './bucket-log.ts'
import { firstIssue, RequestError } from './errors.ts'
import type { Faults } from './faults.ts'
import { createNews, type News } from './news.ts'
import type { Replication } from './replication.ts'
import type { SyncConfig } from './sync-config.ts'
import { syncLines } from './sync-stream.ts'
import { clientId } from './tables.ts'
import type { WriteCheckpoints } from './write-checkpoints.ts'

export interface SyncParts {
  readonly signer: Signer
  readonly faults: Faults
  readonly config: SyncConfig
  readonly replication: Replication
  readonly bucketLog: BucketLog
  /** Announces what is new in the log. */
  readonly news: News
  readonly writeCheckpoints: WriteCheckpoints
  readonly stallMs: number
  /** Aborts when the backend stops. */
  readonly stopping: AbortSignal
}

/** A real service takes a thousand buckets a connection. Those that the client has may be some more. */
const maxSubscriptions = 1_000
const maxBuckets = 2_000

const opId = z.string().regex(/^\d{1,18}$/)
const parameters = z.record(z.string(), z.unknown())

const streamBody = z.object({
  client_id: clientId.optional(),
  parameters: parameters.nullish(),
  buckets: z
    .array(z.object({ name: z.string(), after: opId }))
    .max(maxBuckets)
    .default([]),
  streams: z
    .object({
      include_defaults: z.boolean().default(true),
      subscriptions: z
        .array(
          z.object({
            stream: z.string(),
            parameters: parameters.nullish(),
            override_priority: z
              .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)])
              .nullish(),
          }),
        )
        .max(maxSubscriptions)
        .default([]),
    })
    .default({ include_defaults: true, subscriptions: [] }),
})

export function addSyncRoutes(app: FastifyInstance, parts: SyncParts): void {
  addStreamRoute(app, parts)
  addCheckpointRoutes(app, parts)
}

function addStreamRoute(app: FastifyInstance, parts: SyncParts): void {
  const { signer, config, faults, bucketLog, writeCheckpoints } = parts
  app.post('/sync/stream', async (request, reply) => {
    const session = await signer.verify(request.headers.authorization)
    const body = parse(streamBody, request.body)
    const resolved = config.bucketsOf({
      session,
      parameters: body.parameters ?? {},
      includeDefaults: body.streams.include_defaults,
      subscriptions: body.streams.subscriptions.map((subscription) => ({
        stream: subscription.stream,
        parameters: subscription.parameters ?? null,
        priority: subscription.override_priority ?? null,
      })),
    })
    const { user } = session
    const signal = endOf(reply.raw, parts, session)
    // The stream's own news: those of the log, and of its client's write checkpoints.
    const news = createNews()
    const followed = await writeCheckpoints.follow(
      { user, id: body.client_id ?? '' },
      news.announce,
    )
    const stops = [
      followed.stop,
      parts.news.listen(news.announce),
      faults.onCut(user, () => reply.raw.destroy()),
    ]
    whenAborted(signal, () => {
      for (const stop of stops) stop()
    })
    const lines = syncLines({
      bucketLog,
      news,
      writeCheckpoint: () => followed.reached,
      expiresAt: session.expiresAt,
      resolved,
      positions: new Map(body.buckets.map(({ name, after }) => [name, BigInt(after)])),
      delayMs: () => faults.of(user).delayMs,
      signal,
    })
    return reply.type('application/x-ndjson').send(Readable.from(lines))
  })
}

/** Aborts when a stream is over: its client has gone, its token has expired or the backend stops. */
function endOf(
  response: ServerResponse,
  { stopping, stallMs }: SyncParts,
  { expiresAt }: Session,
): AbortSignal {
  const over = new AbortController()
  const end = () => over.abort()
  const expiry = setTimeout(end, expiresAt - Date.now())
  whenAborted(stopping, end)
  response.once('close', () => {
    clearTimeout(expiry)
    stopping.removeEventListener('abort', end)
    end()
  })
  // A client that takes nothing would hold its page for ever. One to which there is nothing to send is just idle.
  response.setTimeout(stallMs, () => {
    if (response.writableLength > 0) response.destroy()
  })
  return over.signal
}

/** Also when it has been aborted before. */
function whenAborted(signal: AbortSignal, listener: () => void): void {
  if (signal.aborted) listener()
  else signal.addEventListener('abort', listener, { once: true })
}

function addCheckpointRoutes(app: FastifyInstance, parts: SyncParts): void {
  const { signer, replication, writeCheckpoints } = parts

  app.get('/write-checkpoint2.json', async ({ headers, query }) => {
    const { user } = await signer.verify(headers.authorization)
    const { client_id: id } = parse(z.object({ client_id: clientId }), query)
    await replication.catchUp()
    const checkpoint = await writeCheckpoints.next({ user, id })
    return { data: { write_checkpoint: checkpoint } }
  })

  const requestBody = z.object({
    client_id: clientId,
    checkpoint_request_id: z.union([opId, z.int().min(0).transform(String)]),
  })
  app.post('/sync/checkpoint-request', async ({ headers, body }) => {
    const { user } = await signer.verify(headers.authorization)
    const { client_id: id, checkpoint_request_id: wanted } = parse(requestBody, body)
    await replication.catchUp()
    const checkpoint = await writeCheckpoints.reach({ user, id }, wanted)
    return { data: { checkpoint_request_id: checkpoint } }
  })
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new RequestError('bad-request', firstIssue(parsed.error))
}
