/** Puts the rooms together: one origin that serves the playgrounds, their API and the embedded sync endpoint. */
import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'
import { addApiRoutes } from './api-routes.ts'
import { createSigner } from './auth.ts'
import { openDataFolder } from './data-folder.ts'
import { answerErrors } from './errors.ts'
import { createFaults } from './faults.ts'
import { createNews } from './news.ts'
import { openPostgres, type Postgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { startReplication } from './replication.ts'
import { readCities, seedPlaces, type Place } from './seed.ts'
import { readSyncConfig } from './sync-config.ts'
import { addSyncRoutes } from './sync-routes.ts'

export interface BackendOptions {
  /** Kept between runs, made if it is not there. */
  readonly dataDir: string
  /** Default: any free port. */
  readonly port?: number
  /** Default: 127.0.0.1, since anybody who can reach it may sign in. */
  readonly host?: string
  /** The built playgrounds. Default: none are served. */
  readonly staticDir?: string
  /** What an empty data folder is seeded with. Default: all 135,233 cities. */
  readonly places?: () => readonly Place[]
  /** Default: one hour. */
  readonly tokenSeconds?: number
  readonly log?: (line: string) => void
  readonly startProgress?: (label: string, total: number) => Progress
}

export interface Backend {
  readonly url: string
  /** For whoever wants to write past the API. What is written here is synced like everything else. */
  readonly postgres: Postgres
  close(): Promise<void>
}

const maxBodyBytes = 4 * 1024 * 1024

/** Opens the data folder, seeds it at the first start, and listens. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const folder = openDataFolder(options.dataDir)
  try {
    const postgres = await openPostgres(folder.postgres)
    try {
      const parts = await openParts(options, postgres, folder.signingKey)
      return await listen(options, parts, async () => {
        await postgres.close()
        folder.release()
      })
    } catch (error) {
      await postgres.close()
      throw error
    }
  } catch (error) {
    folder.release()
    throw error
  }
}

async function openParts(options: BackendOptions, postgres: Postgres, keyFile: string) {
  const { log = () => {}, startProgress = () => ({ update() {} }) } = options
  const signer = await createSigner(keyFile, options.tokenSeconds ?? 3600)
  const config = await readSyncConfig(new URL('../sync-streams.yaml', import.meta.url))
  const news = createNews()
  const replication = await startReplication({
    postgres,
    config,
    news,
    log,
    startProgress: (total) => startProgress('Rows for the new sync config', total),
  })
  await seedPlaces({
    postgres,
    places: options.places ?? readCities,
    startProgress: (total) => startProgress('Places', total),
    afterPage: () => replication.catchUp(),
  })
  // Nothing else does it in an embedded Postgres. Without it each page sorts all operations that are still to come:
  // 135,233 in 4.3 s instead of 0.3 s.
  await postgres.query('analyze sync.operations')
  return { postgres, signer, faults: createFaults(), config, replication, news, log }
}

async function listen(
  options: BackendOptions,
  parts: Awaited<ReturnType<typeof openParts>>,
  release: () => Promise<void>,
): Promise<Backend> {
  const { host = '127.0.0.1', port = 0, staticDir } = options
  const app = fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: true })
  const stopping = new AbortController()
  answerErrors(app, parts.log)
  addApiRoutes(app, parts)
  addSyncRoutes(app, { ...parts, stopping: stopping.signal })
  if (staticDir !== undefined) await servePlaygrounds(app, staticDir)
  const url = await app.listen({ host, port })
  return {
    url,
    postgres: parts.postgres,
    async close() {
      stopping.abort()
      await app.close()
      // What is still queued is not lost, but nothing may use a Postgres that is closed.
      await parts.replication.catchUp().catch(() => {})
      await release()
    },
  }
}

async function servePlaygrounds(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(folder))
    throw new Error(`The playgrounds are not built: there is no ${folder}. Run "pnpm run build".`)
  await app.register(fastifyStatic, { root: folder })
}
