/**
 * `NODE_ENV=production pnpm --dir tests exec tsx bench/first-rows.ts`: a first read whose first chunk is small beside the same
 * code with one of 10,000 rows, in Chromium. The two in turn, each round in a page of its own; ms, medians of the rounds.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { build, type Plugin, preview } from 'vite'
import { aliasFor } from '../support/alias.ts'
import { chromiumArguments, chromiumPath } from '../support/chromium.ts'
import { places } from './cities.ts'
import type { FirstRowsPage } from './first-rows/page.ts'
import { median } from './session.ts'

declare const firstRowsPage: FirstRowsPage

const rounds = 5
const counts = [10_000, 100_000]
const storages = ['IDB', 'OPFS'] as const
const root = fileURLToPath(new URL('first-rows', import.meta.url))
const chunks = { small: 200, large: 10_000 } as const
type Chunk = keyof typeof chunks

/** The core with a first chunk of so many rows. */
const withFirstRows = (count: number): Plugin => ({
  name: 'first-rows',
  transform(code, id) {
    if (!id.endsWith('capture/subset-reader.ts')) return undefined
    const other = code.replace(/const firstRows = \d+/, `const firstRows = ${count}`)
    if (!other.includes(`firstRows = ${count}`)) throw new Error('there is no `firstRows`')
    return other
  },
})

const profile = await mkdtemp(join(tmpdir(), 'rowsignal-bench-'))
const outDir = join(profile, 'pages')
for (const [name, count] of Object.entries(chunks))
  await build({
    configFile: false,
    root,
    base: './',
    logLevel: 'error',
    plugins: [withFirstRows(count)],
    resolve: { alias: aliasFor('0.15') },
    worker: { format: 'es' },
    build: { outDir: join(outDir, name), target: 'es2022', chunkSizeWarningLimit: 2_000 },
  })
const server = await preview({
  configFile: false,
  root,
  build: { outDir },
  preview: { port: 0, strictPort: false },
  logLevel: 'warn',
})
const context = await chromium.launchPersistentContext(join(profile, 'browser'), {
  executablePath: chromiumPath(),
  args: chromiumArguments,
})

async function inPage<T>(chunk: Chunk, run: (page: Page) => Promise<T>): Promise<T> {
  const page = await context.newPage()
  await page.goto(`${server.resolvedUrls!.local[0]}${chunk}/index.html`)
  await page.waitForFunction(() => 'firstRowsPage' in globalThis)
  const result = await run(page)
  await page.close()
  return result
}

console.log(
  '| storage | rows | first rows | with 10,000 | ratio | all rows | with 10,000 | ratio |',
)
console.log('|---|--:|--:|--:|--:|--:|--:|--:|')
for (const storage of storages) {
  for (const count of counts) {
    const file = `places-${count}.db`
    const rows = places(count)
    await inPage('small', (page) =>
      page.evaluate(({ file, storage, rows }) => firstRowsPage.fill(file, storage, rows), {
        file,
        storage,
        rows,
      }),
    )
    const measured = { small: { first: [], all: [] }, large: { first: [], all: [] } } as Record<
      Chunk,
      Record<'first' | 'all', number[]>
    >
    for (let round = 0; round < rounds; round++) {
      for (const chunk of round % 2 === 0
        ? (['small', 'large'] as const)
        : (['large', 'small'] as const)) {
        const { first, all } = await inPage(chunk, (page) =>
          page.evaluate(({ file, storage }) => firstRowsPage.read(file, storage), {
            file,
            storage,
          }),
        )
        measured[chunk].first.push(first!)
        measured[chunk].all.push(all!)
      }
    }
    const columns = (['first', 'all'] as const).flatMap((what) => {
      const [small, large] = [median(measured.small[what]), median(measured.large[what])]
      return [small.toFixed(0), large.toFixed(0), (small / large).toFixed(2)]
    })
    console.log(`| ${[storage, count.toLocaleString('en'), ...columns].join(' | ')} |`)
  }
}
await context.close()
await server.close()
await rm(profile, { recursive: true, force: true, maxRetries: 3 })
process.exit(0)
