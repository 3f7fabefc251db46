/**
 * The command: `node dist/main.js [--port 3000] [--host 127.0.0.1] [--data .data] [--reset]`. With `POSTGRES_URL` and
 * `POWERSYNC_URL` set it works on these.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { resetDataFolder } from './data-folder.ts'
import { describeServer } from './postgres-server.ts'
import { createProgress } from './progress.ts'
import { startBackend } from './server.ts'
import { readServiceOptions, type ServiceOptions } from './service.ts'
import { endCommand, SetupError } from './setup-error.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '3000' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string', default: fileURLToPath(new URL('../.data', import.meta.url)) },
    reset: { type: 'boolean', default: false },
  },
})

async function start(): Promise<void> {
  const service = readServiceOptions(process.env)
  console.log(describe(service))
  if (values.reset) reset(service)
  const playgrounds = fileURLToPath(new URL('../../dist', import.meta.url))
  const backend = await startBackend({
    dataDir: values.data,
    host: values.host,
    port: Number(values.port),
    ...(service === undefined ? {} : { service }),
    ...(existsSync(playgrounds) ? { staticDir: playgrounds } : {}),
    log: console.log,
    startProgress: createProgress,
  })
  console.log(`Ready: ${backend.url}`)
  if (!existsSync(playgrounds))
    console.log('The playgrounds are not built yet: "pnpm run build" makes them.')

  const stop = () => {
    backend.close().then(() => process.exit(0), endCommand)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function describe(service: ServiceOptions | undefined): string {
  if (service === undefined)
    return 'For development on one machine: two users, no passwords, an embedded Postgres.'
  const { postgresUrl, powersyncUrl } = service
  return `Two users, no passwords. Postgres: ${describeServer(postgresUrl)}. PowerSync Service: ${powersyncUrl}.`
}

function reset(service: ServiceOptions | undefined): void {
  // It would only throw away the key that the service knows this backend by.
  if (service !== undefined)
    throw new SetupError('--reset empties the embedded Postgres, which is not in use here.')
  if (existsSync(values.data)) resetDataFolder(values.data)
}

await start().catch(endCommand)
