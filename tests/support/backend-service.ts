/** Backends on a Postgres server, as with `POSTGRES_URL` and `POWERSYNC_URL`. */
import { readCities, seedService } from '@rowsignal/playground-backend'
import { makeFolder, startTestBackend, type TestBackend } from './backend.ts'
import { startTestPostgres, type TestPostgres } from './postgres.ts'

/** Where nothing listens: for tests that only hand it on. */
export const powersyncUrl = 'https://powersync.example.com'

export interface ServiceBackend extends TestBackend {
  readonly server: TestPostgres
}

export interface ServiceBackendOptions {
  readonly dataDir?: string
  readonly powersyncUrl?: string
  readonly tokenSeconds?: number
}

/** A backend on a server of its own, which has the tables and three places. */
export async function startServiceBackend(
  options: ServiceBackendOptions = {},
): Promise<ServiceBackend> {
  const { dataDir = await makeFolder(), ...rest } = options
  const server = await startTestPostgres()
  await seedServer(server, 3)
  const service = { postgresUrl: server.url, powersyncUrl, ...rest }
  return { ...(await startTestBackend({ ...rest, dataDir, service })), server }
}

/** What `npm run seed` does, with fewer places. */
export async function seedServer(server: TestPostgres, places: number): Promise<void> {
  await seedService({
    postgresUrl: server.url,
    places: () => readCities(places),
    startProgress: () => ({ update() {} }),
  })
}
