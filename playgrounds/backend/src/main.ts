/**
 * The command: `node dist/main.js [--port 3000] [--host 127.0.0.1] [--allow-host name] [--data .data] [--reset]`, and
 * `--stall-ms` for tests. With `POSTGRES_URL` and `POWERSYNC_URL` set it works on these.
 *
 * The backend runs in a thread of its own, so that this one is always there to end it: a signal only reaches a thread
 * that has time for it.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { ThreadMessage, ThreadOptions } from './backend-thread.ts'
import { releaseDataFolder, resetDataFolder } from './data-folder.ts'
import { describeServer } from './postgres-server.ts'
import { createProgress, type Progress } from './progress.ts'
import { readServiceOptions, type ServiceOptions } from './service.ts'
import { endCommand, SetupError } from './setup-error.ts'

/** How long a stop may take. What is in the middle of something then is cut, as by a crash: Postgres rolls it back. */
const stopMs = 4_000

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '3000' },
    host: { type: 'string', default: '127.0.0.1' },
    'allow-host': { type: 'string', multiple: true, default: [] },
    data: { type: 'string', default: fileURLToPath(new URL('../.data', import.meta.url)) },
    'stall-ms': { type: 'string', default: '30000' },
    reset: { type: 'boolean', default: false },
  },
})

function start(): void {
  const service = readServiceOptions(process.env)
  console.log(describe(service))
  if (values.reset) reset(service)
  const playgrounds = fileURLToPath(new URL('../../dist', import.meta.url))
  if (!existsSync(playgrounds))
    console.log('The playgrounds are not built yet: "pnpm run build" makes them.')
  const workerData: ThreadOptions = {
    dataDir: values.data,
    host: values.host,
    allowedHosts: values['allow-host'],
    port: Number(values.port),
    stallMs: Number(values['stall-ms']),
    withTrips: true,
    ...(service === undefined ? {} : { service }),
    ...(existsSync(playgrounds) ? { staticDir: playgrounds } : {}),
  }
  const thread = new Worker(new URL('backend-thread.js', import.meta.url), { workerData })
  thread.on('message', showMessages())
  thread.on('error', endCommand)

  const stop = () => {
    thread.once('exit', () => {
      // Only if it could not do so itself.
      releaseDataFolder(values.data)
      process.exit(0)
    })
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage('stop')
    setTimeout(() => void thread.terminate(), stopMs)
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
}

function showMessages(): (message: ThreadMessage) => void {
  const bars = new Map<string, Progress>()
  return (message) => {
    if ('line' in message) console.log(message.line)
    else if ('mistake' in message) endCommand(new SetupError(message.mistake))
    else {
      const { label, total, done } = message
      const bar = bars.get(label) ?? createProgress(label, total)
      bars.set(label, bar)
      bar.update(done)
    }
  }
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

try {
  start()
} catch (error) {
  endCommand(error)
}
