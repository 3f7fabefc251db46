/** Puts the rooms together: one origin that serves the playgrounds, their API and, unless a service does it, the sync. */
import { setMaxListeners } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import fastify, { type FastifyInstance } from 'fastify'
import { addApiRoutes } from './api-routes.ts'
import { createSigner, type Signer } from './auth.ts'
import { maxBodyBytes, readBodies } from './body.ts'
import { openDataFolder, type DataFolder } from './data-folder.ts'
import { openEmbedded } from './embedded.ts'
import { answerErrors } from './errors.ts'
import { createFaults } from './faults.ts'
import { addGuard, answerBadUrl } from './guard.ts'
import type { Postgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { readCities, type Place } from './seed.ts'
import { openService, type ServiceOptions } from './service.ts'
import type { Source } from './source.ts'

export interface BackendOptions {
  /** Kept between runs, made if it is not there. */
  readonly dataDir: string
  /** Default: any free port. */
  readonly port?: number
  /** Default: 127.0.0.1, since anybody who can reach it may sign in. */
  readonly host?: string
  /** Names that it is reached by, beside `localhost` and addresses. Default: none. */
  readonly allowedHosts?: readonly string[]
  /** A Postgres server and a PowerSync Service. Default: both are embedded. */
  readonly service?: ServiceOptions
  /** The built playgrounds. Default: none are served. */
  readonly staticDir?: string
  /** What an empty embedded Postgres is seeded with. Default: all 135,233 cities. */
  readonly places?: () => readonly Place[]
  /** Whether an empty embedded Postgres gets a trip for each user, to look at. Default: false. */
  readonly withTrips?: boolean
  /** Default: one hour. */
  readonly tokenSeconds?: number
  /** How long a client may take nothing of what it is sent before it is disconnected. Default: 30,000. */
  readonly stallMs?: number
  readonly log?: (line: string) => void
  readonly startProgress?: (label: string, total: number) => Progress
}

export interface Backend {
  readonly url: string
  /** For whoever wants to write past the API. What is written here is synced like everything else. */
  readonly postgres: Postgres
  close(): Promise<void>
}

/** Opens the data folder and the source of rows, and listens. */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const folder = openDataFolder(options.dataDir)
  try {
    const signer = await createSigner(folder.signingKey, options.tokenSeconds ?? 3600)
    const source = await openSource(options, folder)
    try {
      return await listen(options, { folder, signer, source })
    } catch (error) {
      await source.close()
      throw error
    }
  } catch (error) {
    folder.release()
    throw error
  }
}

function openSource(options: BackendOptions, folder: DataFolder): Promise<Source> {
  const { log = () => {}, startProgress = () => ({ update() {} }), service } = options
  const { withTrips = false } = options
  if (service !== undefined) return openService(service, log)
  const places = options.places ?? readCities
  return openEmbedded({ folder: folder.postgres, places, withTrips, log, startProgress })
}

interface Parts {
  readonly folder: DataFolder
  readonly signer: Signer
  readonly source: Source
}

async function listen(
  options: BackendOptions,
  { folder, signer, source }: Parts,
): Promise<Backend> {
  const { host = '127.0.0.1', port = 0, staticDir, log = () => {} } = options
  const app = fastify({
    bodyLimit: maxBodyBytes,
    forceCloseConnections: true,
    keepAliveTimeout: 5_000,
    frameworkErrors: answerBadUrl,
  })
  const stopping = new AbortController()
  // Each open stream listens.
  setMaxListeners(0, stopping.signal)
  const faults = createFaults()
  answerErrors(app, log)
  addGuard(app, { hosts: [host, ...(options.allowedHosts ?? [])], endpoint: source.endpoint })
  readBodies(app)
  addApiRoutes(app, { ...source, signer, faults })
  const { stallMs = 30_000 } = options
  source.addRoutes(app, { signer, faults, stallMs, stopping: stopping.signal })
  if (staticDir !== undefined) await servePlaygrounds(app, staticDir)
  const url = await app.listen({ host, port })
  return {
    url,
    postgres: source.postgres,
    async close() {
      stopping.abort()
      await app.close()
      await source.close()
      folder.release()
    },
  }
}

async function servePlaygrounds(app: FastifyInstance, folder: string): Promise<void> {
  if (!existsSync(folder))
    throw new Error(`The playgrounds are not built: there is no ${folder}. Run "pnpm run build".`)
  // What the build names by its content is asked for once; the pages each time.
  const assets = join(folder, 'assets')
  await app.register(fastifyStatic, {
    root: folder,
    setHeaders(reply, path) {
      if (path.startsWith(assets))
        reply.header('cache-control', 'public, max-age=31536000, immutable')
    },
  })
}
