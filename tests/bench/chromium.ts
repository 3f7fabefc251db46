/** Runs sessions in Chromium: production build, OPFS or IDB, a persistent profile (OPFS is slow in incognito). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { build, preview } from 'vite'
import { chromiumArguments, chromiumPath } from '../support/chromium.ts'
import { allCities, places } from './cities.ts'
import type { Samples } from './on-demand/session.ts'
import { traceTasks } from './on-demand/trace.ts'
import type { Order } from './page/main.ts'
import type { Measured } from './session.ts'

const root = fileURLToPath(new URL('page', import.meta.url))

/** What the page offers. */
declare global {
  var runBench: (order: Order) => Promise<Measured>
  var runOnDemand: (count: number) => Promise<Samples>
  var prepareProgressive: (count: number) => Promise<() => Promise<void>>
}

export interface Browser {
  run(order: Order): Promise<Measured>
  runOnDemand(count: number): Promise<Samples>
  /** How long the load of so many rows in the background holds the page. In ms. */
  runProgressive(count: number): Promise<Measured>
  version(): string
  close(): Promise<void>
}

export async function openBrowser(): Promise<Browser> {
  await build({ root })
  const server = await preview({ root, preview: { port: 0, strictPort: false }, logLevel: 'warn' })
  const url = server.resolvedUrls!.local[0]!
  const profile = await mkdtemp(join(tmpdir(), 'rowsignal-bench-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArguments,
  })
  await serveCities(context)
  const inPage = async <T>(run: (page: Page) => Promise<T>): Promise<T> => {
    const page = await context.newPage() // a fresh heap for each
    try {
      await page.goto(url)
      await page.waitForFunction(() => 'runBench' in globalThis)
      return await run(page)
    } finally {
      await page.close()
    }
  }
  return {
    run: (order) => inPage((page) => page.evaluate((given) => globalThis.runBench(given), order)),
    runOnDemand: (count) =>
      inPage((page) => page.evaluate((given) => globalThis.runOnDemand(given), count)),
    runProgressive: (count) =>
      inPage(async (page) => {
        const load = await page.evaluateHandle(
          (given) => globalThis.prepareProgressive(given),
          count,
        )
        return traceTasks(page, () => load.evaluate((run) => run()))
      }),
    version: () => context.browser()?.version() ?? 'Chromium',
    async close() {
      await context.close()
      await server.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

async function serveCities(context: BrowserContext): Promise<void> {
  await context.route('**/all-cities.json', (route) => route.fulfill({ json: allCities() }))
  await context.route(/cities-(\d+)\.json/, async (route) => {
    const count = Number(/cities-(\d+)/.exec(route.request().url())![1])
    await route.fulfill({ json: places(count) })
  })
}
