import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { readSyncConfig } from '../../playgrounds/backend/src/sync-config.ts'
import { startTestPostgres } from '../support/postgres.ts'
import { composeConfig, readServiceFile, serviceConfig, serviceFolder } from './service-config.ts'

/** The first of the two forms of Compose that is installed. */
const compose = [['docker-compose'], ['docker', 'compose']].find(
  ([command = '', ...rest]) => spawnSync(command, [...rest, 'version']).status === 0,
)

test.skipIf(compose === undefined)('Compose takes the file', () => {
  const [command = '', ...rest] = compose ?? []
  const { status, stderr } = spawnSync(command, [...rest, 'config', '-q'], {
    cwd: serviceFolder,
    encoding: 'utf8',
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test('the service gets all that its config takes from the environment, and the config itself', async () => {
  const { powersync } = (await composeConfig()).services
  const config = await serviceConfig()
  const wanted = [
    config.replication.connections[0]?.uri ?? '',
    config.storage.uri,
    config.client_auth.jwks_uri,
  ]
  expect(Object.keys(powersync.environment).sort()).toEqual(
    ['POWERSYNC_CONFIG_PATH', ...wanted].sort(),
  )
  expect(powersync.volumes).toContain(
    `./powersync.yaml:${powersync.environment['POWERSYNC_CONFIG_PATH']}:ro`,
  )
  expect(powersync.ports).toEqual([`127.0.0.1:8080:${config.port}`])
})

test('the service reads the sync config that the embedded endpoint reads', async () => {
  const { powersync } = (await composeConfig()).services
  const { path } = (await serviceConfig()).sync_config
  expect(powersync.volumes).toContain(`./sync-streams.yaml:/config/${path}:ro`)
})

test('the server replicates the tables of the sync config, in a database that the service reads', async () => {
  const { postgres, powersync } = (await composeConfig()).services
  expect(postgres.command).toContain('wal_level=logical')
  expect(postgres.volumes.slice(0, 2)).toEqual([
    './schema.sql:/docker-entrypoint-initdb.d/1-schema.sql:ro',
    './service.sql:/docker-entrypoint-initdb.d/2-service.sql:ro',
  ])
  const { POSTGRES_DB: database, POSTGRES_PASSWORD: password } = postgres.environment
  expect(powersync.environment['PS_POSTGRES_URL']).toBe(
    `postgresql://postgres:${password}@postgres:5432/${database}`,
  )

  const server = await startTestPostgres()
  await server.exec(await readServiceFile('schema.sql'))
  // Each by itself, as psql runs them: a database cannot be made in a transaction.
  for (const statement of (await readServiceFile('service.sql')).split(/;$/m).slice(0, -1))
    await server.exec(statement)
  const { tables } = await readSyncConfig(new URL(`file://${serviceFolder}/sync-streams.yaml`))
  expect(
    await server.rows(
      `select array_agg(tablename order by tablename)::text[] tables
         from pg_publication_tables where pubname = 'powersync'`,
    ),
  ).toEqual([{ tables: tables.toSorted() }])
  const storage = new URL(powersync.environment['PS_STORAGE_URL'] ?? '').pathname.slice(1)
  expect(await server.rows(`select 1 ok from pg_database where datname = '${storage}'`)).toEqual([
    { ok: 1 },
  ])
})

test('the page seeds before it starts the service, which would replicate some rows twice', async () => {
  const page = await readServiceFile('../../docs/real-service.md')
  const [, commands = ''] = /```sh\n([^]*?)```/.exec(page) ?? []
  const steps = commands.split('\n').filter((line) => /^(?:docker|npm)/.test(line))
  expect(steps.map((step) => step.replace(/ +#.*/, '').replace(/.*yaml /, ''))).toEqual([
    'up -d --wait postgres',
    'npm run seed',
    'up -d',
    'npm start',
    'npm start -- --host 0.0.0.0',
  ])
})
