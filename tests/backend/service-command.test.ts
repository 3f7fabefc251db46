import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeFolder } from '../support/backend.ts'
import { powersyncUrl, seedServer } from '../support/backend-service.ts'
import { runCommand } from '../support/backend-process.ts'
import { startTestPostgres } from '../support/postgres.ts'

const someServer = 'postgresql://postgres:secret@127.0.0.1:1/postgres'

test.each([
  [{ POSTGRES_URL: someServer }, 'POSTGRES_URL is set and POWERSYNC_URL is not.'],
  [{ POWERSYNC_URL: powersyncUrl }, 'POWERSYNC_URL is set and POSTGRES_URL is not.'],
])(
  'with half of a service in its environment the command ends and says so: %o',
  async (environment, message) => {
    const { code, errors } = await runCommand('main.js', { environment }).ended()
    expect(code).toBe(1)
    expect(errors).toBe(
      `${message} Set both for a real PowerSync Service, or neither for the embedded one.`,
    )
  },
)

test('a mistake in the environment is one line without the password', async () => {
  const run = async (environment: Record<string, string>) =>
    runCommand('main.js', { environment, args: ['--data', await makeFolder()] }).ended()
  const [noService, withPassword, noUrl, noServer] = await Promise.all([
    run({ POSTGRES_URL: someServer, POWERSYNC_URL: 'localhost:8080' }),
    run({ POSTGRES_URL: someServer, POWERSYNC_URL: 'https://user:secret@powersync.example.com' }),
    run({ POSTGRES_URL: 'secret', POWERSYNC_URL: powersyncUrl }),
    run({ POSTGRES_URL: someServer, POWERSYNC_URL: powersyncUrl }),
  ])
  expect(noService.errors).toBe('POWERSYNC_URL is not an http or https URL.')
  expect(withPassword.errors).toBe(
    'POWERSYNC_URL goes to every client, so it must not hold a password.',
  )
  expect(noUrl.errors).toBe('POSTGRES_URL is not a URL.')
  expect(noServer.errors).toBe(
    'The Postgres at 127.0.0.1:1/postgres cannot be used: connect ECONNREFUSED 127.0.0.1:1',
  )
})

test('with both set the command names them without the password, and hands the service on', async () => {
  const server = await startTestPostgres()
  await seedServer(server, 1)
  const environment = { POSTGRES_URL: server.url, POWERSYNC_URL: `${powersyncUrl}/` }
  const args = ['--data', await makeFolder(), '--port', '0']
  const backend = runCommand('main.js', { environment, args })
  const url = await backend.ready()
  expect(backend.lines[0]).toMatch(
    /^Two users, no passwords\. Postgres: 127\.0\.0\.1:\d+\/postgres\. PowerSync Service: https:\/\/powersync\.example\.com\.$/,
  )
  expect(await (await fetch(`${url}/api/token`)).json()).toMatchObject({ endpoint: powersyncUrl })
  await backend.kill('SIGTERM')
  expect(await backend.ended()).toEqual({ code: 0, errors: '' })
})

test('the command does not throw away the key that a service knows', async () => {
  const server = await startTestPostgres()
  await seedServer(server, 0)
  const environment = { POSTGRES_URL: server.url, POWERSYNC_URL: powersyncUrl }
  const dataDir = await makeFolder()
  const args = ['--data', dataDir, '--port', '0']
  const backend = runCommand('main.js', { environment, args })
  await backend.ready()
  await backend.kill('SIGTERM')
  const key = await readFile(join(dataDir, 'signing-key.json'), 'utf8')
  const reset = await runCommand('main.js', { environment, args: [...args, '--reset'] }).ended()
  expect(reset).toEqual({
    code: 1,
    errors: '--reset empties the embedded Postgres, which is not in use here.',
  })
  expect(await readFile(join(dataDir, 'signing-key.json'), 'utf8')).toBe(key)
})

test('the seed without a server says which variable it wants', async () => {
  const { code, errors } = await runCommand('seed-command.js', {}).ended()
  expect(code).toBe(1)
  expect(errors).toMatch(/^Set POSTGRES_URL to the server to fill\./)
})
