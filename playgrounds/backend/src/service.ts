/**
 * The real source: a Postgres server, and a PowerSync Service that replicates it. Here are only tokens and uploads;
 * what the embedded source does by triggers and routes, the service does from the server's write-ahead log.
 */
import { connectPostgres } from './postgres-server.ts'
import { runFile, type Postgres } from './postgres.ts'
import type { Progress } from './progress.ts'
import { seedPlaces, type Place } from './seed.ts'
import { SetupError } from './setup-error.ts'
import type { Source } from './source.ts'
import { readOnlyTables, uploadTables, writableTables } from './tables.ts'

export interface ServiceOptions {
  readonly postgresUrl: string
  /** Where clients reach the service; it goes to them with each token. */
  readonly powersyncUrl: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The real service of an environment, or undefined when it names none.
 *
 * @throws {SetupError} when only half of it is there.
 */
export function readServiceOptions(environment: Environment): ServiceOptions | undefined {
  const postgresUrl = environment['POSTGRES_URL'] || undefined
  const powersyncUrl = environment['POWERSYNC_URL'] || undefined
  if (postgresUrl === undefined && powersyncUrl === undefined) return undefined
  if (postgresUrl === undefined) throw halfSet('POWERSYNC_URL', 'POSTGRES_URL')
  if (powersyncUrl === undefined) throw halfSet('POSTGRES_URL', 'POWERSYNC_URL')
  if (!/^https?:\/\//.test(powersyncUrl) || !URL.canParse(powersyncUrl))
    throw new SetupError('POWERSYNC_URL is not an http or https URL.')
  const { username, password } = new URL(powersyncUrl)
  if (username !== '' || password !== '')
    throw new SetupError('POWERSYNC_URL goes to every client, so it must not hold a password.')
  // The SDK adds its paths with a slash of its own.
  return { postgresUrl, powersyncUrl: powersyncUrl.replace(/\/+$/, '') }
}

function halfSet(given: string, missing: string): SetupError {
  return new SetupError(
    `${given} is set and ${missing} is not. Set both for a real PowerSync Service, or neither for the embedded one.`,
  )
}

/** Connects to a server that has the tables. */
export async function openService(
  { postgresUrl, powersyncUrl }: ServiceOptions,
  log: (line: string) => void,
): Promise<Source> {
  const postgres = await connectPostgres(postgresUrl)
  try {
    await checkTables(postgres, log)
  } catch (error) {
    await postgres.close()
    throw error
  }
  return {
    postgres,
    endpoint: powersyncUrl,
    addRoutes() {},
    close: () => postgres.close(),
  }
}

/** The backend's own role needs no right to make tables, so starting makes none. */
async function checkTables(postgres: Postgres, log: (line: string) => void): Promise<void> {
  const names = [...Object.keys(writableTables), ...readOnlyTables, ...uploadTables]
  const { rows: missing } = await postgres.query<{ name: string }>(
    'select name from unnest($1::text[]) name where to_regclass(name) is null',
    [names],
  )
  if (missing.length > 0) {
    const list = missing.map(({ name }) => name).join(', ')
    throw new SetupError(`The Postgres lacks ${list}. "npm run seed" makes and fills the tables.`)
  }
  const { rows: some } = await postgres.query('select 1 from places limit 1')
  if (some.length === 0) log('The Postgres has no places yet: "npm run seed" writes them.')
}

export interface SeedServiceOptions {
  readonly postgresUrl: string
  readonly places: () => readonly Place[]
  readonly startProgress: (total: number) => Progress
}

/** Makes the tables of a server and writes the places, or what an earlier run has left to write. */
export async function seedService(options: SeedServiceOptions): Promise<void> {
  const postgres = await connectPostgres(options.postgresUrl)
  try {
    await runFile(postgres, 'schema.sql')
    await seedPlaces({ ...options, postgres, afterPage: () => Promise.resolve() })
  } finally {
    await postgres.close()
  }
}
