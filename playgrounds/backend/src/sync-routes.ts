/** The embedded sync endpoint: the three routes that the PowerSync SDK calls. */
import { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Signer } from './auth.ts'
import { nextWriteCheckpoint, reachWriteCheckpoint } from './checkpoints.ts'
import { RequestError } from './errors.ts'
import type { Faults } from './faults.ts'
import type { News } from './news.ts'
import type { Postgres } from './postgres.ts'
import type { Replication } from './replication.ts'
import type { SyncConfig } from './sync-config.ts'
import { syncLines } from './sync-stream.ts'

export interface SyncParts {
  readonly postgres: Postgres
  readonly signer: Signer
  readonly faults: Faults
  readonly config: SyncConfig
  readonly replication: Replication
  readonly news: News
  /** Aborts when the backend stops. */
  readonly stopping: AbortSignal
}

const clientId = z.string().min(1).max(200)
const opId = z.string().regex(/^\d{1,18}$/)
const parameters = z.record(z.string(), z.unknown())

const streamBody = z.object({
  client_id: clientId.optional(),
  parameters: parameters.nullish(),
  buckets: z.array(z.object({ name: z.string(), after: opId })).default([]),
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
        .default([]),
    })
    .default({ include_defaults: true, subscriptions: [] }),
})

export function addSyncRoutes(app: FastifyInstance, parts: SyncParts): void {
  addStreamRoute(app, parts)
  addCheckpointRoutes(app, parts)
}

function addStreamRoute(app: FastifyInstance, parts: SyncParts): void {
  const { signer, config, faults, stopping } = parts
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
    const gone = new AbortController()
    const forget = faults.onCut(session.user, () => reply.raw.destroy())
    reply.raw.once('close', () => {
      forget()
      gone.abort()
    })
    const lines = syncLines({
      ...parts,
      client: { user: session.user, id: body.client_id ?? '' },
      expiresAt: session.expiresAt,
      resolved,
      positions: new Map(body.buckets.map(({ name, after }) => [name, after])),
      delayMs: () => faults.of(session.user).delayMs,
      signal: AbortSignal.any([gone.signal, stopping]),
    })
    return reply.type('application/x-ndjson').send(Readable.from(lines))
  })
}

function addCheckpointRoutes(app: FastifyInstance, parts: SyncParts): void {
  const { postgres, signer, replication, news } = parts

  app.get('/write-checkpoint2.json', async ({ headers, query }) => {
    const { user } = await signer.verify(headers.authorization)
    const { client_id: id } = parse(z.object({ client_id: clientId }), query)
    await replication.catchUp()
    const checkpoint = await nextWriteCheckpoint(postgres, { user, id })
    news.announce()
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
    const checkpoint = await reachWriteCheckpoint(postgres, { user, id }, wanted)
    news.announce()
    return { data: { checkpoint_request_id: checkpoint } }
  })
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new RequestError('bad-request', z.prettifyError(parsed.error))
}
