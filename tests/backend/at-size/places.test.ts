import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeFolder, makeSeededFolder, startTestBackend } from '../../support/backend.ts'
import { runBackend } from '../../support/backend-process.ts'
import { startCountingProxy } from '../../support/counting-proxy.ts'
import { eventually } from '../../support/eventually.ts'
import { residentBytes } from '../../support/resources.ts'
import { operationsOf, readSyncLines, readSyncLinesUntil } from '../../support/sync-client.ts'
import { openPlanner } from '../planner.ts'

const allPlaces = 135_233

/** The figures that this file is also run for. */
function report(figure: string): void {
  process.stdout.write(`${figure}\n`)
}

async function signIn(url: string): Promise<string> {
  const response = await fetch(`${url}/api/token`)
  return ((await response.json()) as { token: string }).token
}

async function cut(url: string): Promise<void> {
  await fetch(`${url}/api/faults`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await signIn(url)}`, 'content-type': 'application/json' },
    body: '{"cut":true}',
  })
}

test('a seed that is killed goes on at the next start, with each place once', async () => {
  const folder = await makeFolder()
  const killed = runBackend('--data', folder, '--port', '0')
  await eventually(() =>
    expect(killed.lines.some((line) => line.startsWith('Places: 45,000'))).toBe(true),
  )
  await killed.kill('SIGKILL')

  // With fewer places, for time's sake: the first ones are the same.
  const seeding: number[] = []
  const { url } = await startTestBackend({
    dataDir: folder,
    places: 60_000,
    startProgress: () => ({ update: (done) => seeding.push(done) }),
  })
  expect(seeding[0]).toBeGreaterThanOrEqual(50_000)
  expect(seeding.at(-1)).toBe(60_000)
  const lines = readSyncLines(url, { token: await signIn(url), streams: ['places'] })
  const operations = operationsOf(
    await readSyncLinesUntil(lines, (line) => line.checkpoint_complete !== undefined),
  )
  expect(operations).toHaveLength(60_000)
  expect(new Set(operations.map(({ object_id }) => object_id)).size).toBe(60_000)
})

test('two clients get all places at a time, without much memory', async (context) => {
  const backend = runBackend('--data', await makeSeededFolder('all'), '--port', '0')
  const url = await backend.ready()
  const download = async (user: '1' | '2') => {
    const planner = await openPlanner({ url: () => url, user })
    const start = performance.now()
    const stream = await planner.syncStream('places').subscribe()
    await stream.waitForFirstSync()
    const seconds = (performance.now() - start) / 1000
    expect(await planner.get('select count(*) count from places')).toEqual({ count: allPlaces })
    return seconds
  }
  const alone = await download('1')
  report(`places to one client in process: ${alone.toFixed(1)} s`)

  if (!existsSync('/proc/self/status')) context.skip('Memory is read from /proc.')
  const before = residentBytes(backend.pid)
  let highest = before
  const watch = setInterval(() => {
    highest = Math.max(highest, residentBytes(backend.pid))
  }, 20)
  const both = await Promise.all([download('1'), download('2')])
  clearInterval(watch)
  const megabytes = (highest - before) / 2 ** 20
  report(
    `places to two clients: ${Math.max(...both).toFixed(1)} s, ${megabytes.toFixed(0)} MB more`,
  )
  expect(megabytes).toBeLessThanOrEqual(50)
})

test('a user sees own rows while the places download', async () => {
  const backend = runBackend('--data', await makeSeededFolder('all'), '--port', '0')
  const url = await backend.ready()
  const proxy = await startCountingProxy(() => Promise.resolve(url))
  const planner = await openPlanner({ url: () => proxy.url })
  const other = await openPlanner({ url: () => url })
  const started = new Promise((resolve) => proxy.onPage(resolve))
  const arrived = new Promise<number>((resolve) => {
    planner.onChange(
      { onChange: () => resolve(proxy.passed.size) },
      { tables: ['trips'], throttleMs: 0 },
    )
  })
  const stream = await planner.syncStream('places').subscribe()
  await started
  await other.execute(`insert into trips (id, owner_id, name) values ('trip', '1', 'Lapland')`)

  expect(await arrived).toBeLessThan(allPlaces)
  expect(await planner.getAll('select id from trips')).toEqual([{ id: 'trip' }])
  await stream.waitForFirstSync()
  expect(await planner.get('select count(*) count from places')).toEqual({ count: allPlaces })
  expect(proxy.passed.size).toBe(allPlaces + 1)
  expect([...proxy.passed.values()].filter((times) => times > 1)).toEqual([])
})

test('a client that is cut, and again left by a killed backend, is sent every operation once', async () => {
  const folder = await makeSeededFolder('all')
  const first = runBackend('--data', folder, '--port', '0')
  let url = first.ready()
  const proxy = await startCountingProxy(() => url)
  const planner = await openPlanner({ url: () => proxy.url })
  const happened: string[] = []
  const restarted = new Promise<void>((resolve, reject) => {
    proxy.onPage((count) => {
      if (count > 30_000 && happened.length === 0) {
        happened.push('cut')
        url.then(cut).catch(reject)
      }
      if (count > 80_000 && happened.length === 1) {
        happened.push('killed')
        const restart = async () => {
          await first.kill('SIGKILL')
          return runBackend('--data', folder, '--port', '0').ready()
        }
        url = restart()
        url.then(() => resolve(), reject)
      }
    })
  })
  const stream = await planner.syncStream('places').subscribe()
  await restarted
  await stream.waitForFirstSync()
  expect(happened).toEqual(['cut', 'killed'])
  expect(await planner.get('select count(*) count from places')).toEqual({ count: allPlaces })
  await eventually(() => expect(proxy.passed.size).toBe(allPlaces))
  expect([...proxy.passed.values()].filter((times) => times > 1)).toEqual([])
})
