import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPostgres } from '../../playgrounds/backend/src/postgres.ts'
import { makeFolder, makeSeededFolder, startTestBackend } from '../support/backend.ts'
import { runBackend } from '../support/backend-process.ts'
import { startCountingProxy } from '../support/counting-proxy.ts'
import { eventually } from '../support/eventually.ts'
import {
  operationsOf,
  readSyncLines,
  readSyncLinesUntil,
  type SyncOperation,
} from '../support/sync-client.ts'
import { openPlanner } from './planner.ts'

const addTrip = `insert into trips (id, owner_id, name) values ('second', '1', 'Lapland')`

async function readAll(
  url: string,
  token: string,
  positions?: Map<string, string>,
): Promise<SyncOperation[]> {
  const lines = readSyncLines(url, { token, ...(positions === undefined ? {} : { positions }) })
  return operationsOf(
    await readSyncLinesUntil(lines, (line) => line.checkpoint_complete !== undefined),
  )
}

test('rows, the signing key and operation ids outlive a restart', async () => {
  const before = await startTestBackend()
  await before.postgres.exec(
    `insert into trips (id, owner_id, name) values ('first', '1', 'Lapland')`,
  )
  const token = await before.token()
  const positions = new Map<string, string>()
  await eventually(async () =>
    expect((await before.postgres.query('select 1 from sync.changes')).rows).toEqual([]),
  )
  const [first] = await readAll(before.url, token, positions)
  expect(first?.object_id).toBe('first')
  await before.close()

  const after = await startTestBackend({ dataDir: before.dataDir })
  expect(await readAll(after.url, token, positions)).toEqual([])
  await after.postgres.exec(addTrip)
  await eventually(async () => expect(await readAll(after.url, token)).toHaveLength(2))
  const operations = await readAll(after.url, token)
  expect(operations[0]).toEqual(first)
  expect(Number(operations[1]?.op_id)).toBeGreaterThan(Number(first?.op_id))
})

test('each data folder has a key of its own, which nobody else may read', async () => {
  const first = await startTestBackend({ dataDir: await makeFolder() })
  const second = await startTestBackend()
  const { mode } = await stat(join(first.dataDir, 'signing-key.json'))
  expect(mode & 0o777).toBe(0o600)
  const response = await fetch(`${second.url}/api/faults`, {
    headers: { authorization: `Bearer ${await first.token()}` },
  })
  expect(response.status).toBe(401)
  const published = (await (await fetch(`${first.url}/api/jwks`)).json()) as { keys: object[] }
  expect(Object.keys(published.keys[0] ?? {}).sort()).toEqual([
    'alg',
    'e',
    'kid',
    'kty',
    'n',
    'use',
  ])
})

test('a change that was committed and not yet in the log when the backend died is synced after all', async () => {
  const dataDir = await makeSeededFolder(0)
  const postgres = await openPostgres(join(dataDir, 'postgres'))
  await postgres.exec(addTrip)
  await postgres.close()
  const backend = await startTestBackend({ dataDir })
  expect(await readAll(backend.url, await backend.token())).toMatchObject([
    { op: 'PUT', object_id: 'second' },
  ])
})

test('after a change of the sync config a client that has the old log ends with the right rows', async () => {
  const before = await startTestBackend()
  let url = Promise.resolve(before.url)
  const proxy = await startCountingProxy(() => url)
  const planner = await openPlanner({ url: () => proxy.url })
  await before.postgres.exec(`
    insert into trips (id, owner_id, name) values ('first', '1', 'Lapland'), ('gone', '1', 'Lapland');
    delete from trips where id = 'gone'`)
  await eventually(async () =>
    expect(await planner.getAll('select id from trips')).toEqual([{ id: 'first' }]),
  )
  await before.postgres.exec(`update sync.config set digest = 'another one'`)
  const restart = async () => {
    await before.close()
    return startTestBackend({ dataDir: before.dataDir })
  }
  const restarted = restart()
  url = restarted.then((after) => after.url)
  const after = await restarted
  await after.postgres.exec(`update trips set name = 'Finland'; ${addTrip}`)
  await eventually(async () =>
    expect(await planner.getAll('select id, name from trips order by id')).toEqual([
      { id: 'first', name: 'Finland' },
      { id: 'second', name: 'Lapland' },
    ]),
  )
})

test('two backends cannot use one data folder, and the lock of one that was killed does no harm', async () => {
  const dataDir = await makeSeededFolder(0)
  const killed = runBackend('--data', dataDir, '--port', '0')
  await killed.ready()
  await expect(startTestBackend({ dataDir })).rejects.toThrow(`process id ${killed.pid}`)
  await killed.kill('SIGKILL')
  const backend = await startTestBackend({ dataDir })
  expect(await backend.token()).toBeTruthy()
})

test('the command says what it is for, listens on this machine only, and can empty its folder', async () => {
  const dataDir = await makeSeededFolder(1)
  const first = runBackend('--data', dataDir, '--port', '0')
  const url = await first.ready()
  expect(first.lines[0]).toMatch(/development on one machine/)
  expect(new URL(url).hostname).toBe('127.0.0.1')
  await first.kill('SIGTERM')

  const second = runBackend('--data', dataDir, '--port', '0', '--reset')
  await eventually(() => expect(second.lines.join()).toContain('Places: 5,000 of 135,233'))
})

test('the built playgrounds are served at the root, and what is named by its content is asked for once', async () => {
  const staticDir = await makeFolder()
  await mkdir(join(staticDir, 'vue'))
  await mkdir(join(staticDir, 'assets'))
  await writeFile(join(staticDir, 'assets/vue-Bg.js'), 'export {}')
  await writeFile(join(staticDir, 'index.html'), 'sandbox')
  await writeFile(join(staticDir, 'vue/index.html'), 'vue')
  const { url } = await startTestBackend({ staticDir })
  const read = async (path: string) => (await fetch(url + path)).text()
  expect(await read('/?user=2')).toBe('sandbox')
  expect(await read('/vue/')).toBe('vue')
  expect(await read('/vue')).toBe('vue')
  expect(JSON.parse(await read('/nothing'))).toMatchObject({ code: 'not-found' })
  expect(JSON.parse(await read('/%2e%2e/%2e%2e/etc/passwd'))).toHaveProperty('code')
  const cacheOf = async (path: string) => (await fetch(url + path)).headers.get('cache-control')
  expect(await cacheOf('/vue/')).toBe('public, max-age=0')
  expect(await cacheOf('/assets/vue-Bg.js')).toBe('public, max-age=31536000, immutable')
})
