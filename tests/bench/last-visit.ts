/**
 * `pnpm --dir tests exec tsx bench/last-visit.ts`: the built planners opened again, with the seed of the last visit and without,
 * in Chromium. From the start of the navigation to the first frame that has a trip; the two in turn, ms, medians of the rounds.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startBackend } from '@rowsignal/playground-backend'
import { chromium, type Page } from 'playwright-core'
import { chromiumArguments, chromiumPath } from '../support/chromium.ts'
import { median } from './session.ts'

const rounds = 5
const frameworks = ['vue', 'solid', 'svelte'] as const
/** The SDK's names of what a file is kept in. */
const storages = ['OPFSCoopSyncVFS', 'IDBBatchAtomicVFS'] as const
const trips = 100
/** Of all trips together. */
const stopCounts = [100, 20_000]

const folder = await mkdtemp(join(tmpdir(), 'rowsignal-bench-'))
const staticDir = fileURLToPath(new URL('../../playgrounds/dist', import.meta.url))
const backend = await startBackend({ dataDir: join(folder, 'data'), staticDir, places: () => [] })
const { postgres } = backend
await postgres.query(
  `insert into trips (id, owner_id, name) select 't' || n, '1', 'Trip ' || n from generate_series(1, ${trips}) n`,
)

/**
 * Runs in the page before its own scripts. It tells the console, for who asked the page meanwhile would have its first frame wait for
 * scripts of his own. As text, for what compiles this file names functions by a helper of its own. */
const watchFirst = `requestAnimationFrame(function look() {
  if (document.querySelector('main li') === null) requestAnimationFrame(look)
  else {
    globalThis.firstMs = performance.now()
    console.debug('shown')
  }
})`

/** The one record of `openSeeds`, gone or there. */
async function forgetSeed(page: Page): Promise<void> {
  await page.goto(`${backend.url}/api/`) // no page of ours, that would keep it again
  await page.evaluate(async () => {
    const gone = indexedDB.deleteDatabase('rowsignal')
    await new Promise((resolve) => (gone.onsuccess = resolve))
  })
}

/** Runs in the page: until the list of trips is kept, and not only what was read before it. */
async function untilKept(count: number): Promise<void> {
  const request = indexedDB.open('rowsignal', 1)
  await new Promise((resolve) => (request.onsuccess = resolve))
  for (let isKept = false; !isKept;) {
    const seeds = request.result.transaction('seeds').objectStore('seeds').getAll()
    await new Promise((resolve) => (seeds.onsuccess = resolve))
    const all = seeds.result as { kept?: Map<string, { rows: object[] }> }[]
    isKept = all.some(({ kept }) =>
      [...(kept?.values() ?? [])].some(({ rows }) => rows.length >= count),
    )
    await new Promise(requestAnimationFrame)
  }
  request.result.close()
}

console.log('| planner | storage | stops | with the seed | without | ratio |')
console.log('|---|---|--:|--:|--:|--:|')
for (const stops of stopCounts) {
  await postgres.query('delete from stops')
  await postgres.query(
    `insert into stops (id, trip_id, owner_id, place) select 's' || n, 't' || (1 + n % ${trips}), '1', 'Place ' || n from generate_series(1, ${stops}) n`,
  )
  const profile = await mkdtemp(join(folder, 'browser-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArguments,
  })
  await context.addInitScript({ content: watchFirst })

  const visit = async (address: string, isSeeded: boolean): Promise<number> => {
    const page = await context.newPage()
    if (!isSeeded) await forgetSeed(page)
    const shown = page.waitForEvent('console', (message) => message.text() === 'shown')
    await page.goto(address, { waitUntil: 'commit' })
    await shown
    const ms = await page.evaluate(() => (globalThis as unknown as { firstMs: number }).firstMs)
    await page.getByRole('status').getByText('Synced').waitFor()
    await page.evaluate(untilKept, trips)
    await page.close()
    return ms
  }

  for (const storage of storages) {
    for (const framework of frameworks) {
      const address = `${backend.url}/${framework}/?user=1&vfs=${storage}`
      await visit(address, false) // downloads
      const measured = { seeded: [] as number[], plain: [] as number[] }
      for (let round = 0; round < rounds; round++) {
        measured.seeded.push(await visit(address, true))
        measured.plain.push(await visit(address, false))
      }
      const [seeded, plain] = [median(measured.seeded), median(measured.plain)]
      console.log(
        `| ${[framework, storage, stops.toLocaleString('en'), seeded.toFixed(0), plain.toFixed(0), (seeded / plain).toFixed(2)].join(' | ')} |`,
      )
    }
  }
  await context.close()
}
console.log(`load ${loadavg()[0]!.toFixed(1)}`)
await backend.close()
await rm(folder, { recursive: true, force: true, maxRetries: 3 })
process.exit(0)
