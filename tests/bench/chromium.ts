/** Runs sessions in Chromium: production build, OPFS or IDB, a persistent profile (OPFS is slow in incognito). */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { chromiumArguments, chromiumPath } from '../support/chromium.ts'
import { places } from './cities.ts'
import type { Order } from './page/main.ts'
import type { Measured } from './session.ts'

const root = fileURLToPath(new URL('page', import.meta.url))

export interface Browser {
  run(order: Order): Promise<Measured>
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
  return {
    async run(order) {
      const page = await context.newPage() // a fresh heap for each
      try {
        await page.goto(url)
        await page.waitForFunction(() => 'runBench' in globalThis)
        return await page.evaluate(
          (given) =>
            (globalThis as unknown as { runBench(order: Order): Promise<Measured> }).runBench(
              given,
            ),
          order,
        )
      } finally {
        await page.close()
      }
    },
    version: () => context.browser()?.version() ?? 'Chromium',
    async close() {
      await context.close()
      await server.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

async function serveCities(context: BrowserContext): Promise<void> {
  await context.route(/cities-(\d+)\.json/, async (route) => {
    const count = Number(/cities-(\d+)/.exec(route.request().url())![1])
    await route.fulfill({ json: places(count) })
  })
}
