/** The command: `node dist/main.js [--port 3000] [--host 127.0.0.1] [--data .data] [--reset]`. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { resetDataFolder } from './data-folder.ts'
import { createProgress } from './progress.ts'
import { startBackend } from './server.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: process.env['PORT'] ?? '3000' },
    host: { type: 'string', default: '127.0.0.1' },
    data: { type: 'string', default: fileURLToPath(new URL('../.data', import.meta.url)) },
    reset: { type: 'boolean', default: false },
  },
})

console.log('For development on one machine: two users, no passwords, an embedded Postgres.')
if (values.reset && existsSync(values.data)) resetDataFolder(values.data)
const playgrounds = fileURLToPath(new URL('../../dist', import.meta.url))
const backend = await startBackend({
  dataDir: values.data,
  host: values.host,
  port: Number(values.port),
  ...(existsSync(playgrounds) ? { staticDir: playgrounds } : {}),
  log: console.log,
  startProgress: createProgress,
})
console.log(`Ready: ${backend.url}`)
if (!existsSync(playgrounds))
  console.log('The playgrounds are not built yet: "pnpm run build" makes them.')

const stop = () => {
  backend.close().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
}
process.once('SIGINT', stop)
process.once('SIGTERM', stop)
