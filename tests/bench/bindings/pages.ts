/** Runs sessions in Chromium: one production build, a page for each session. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CDPSession, chromium } from 'playwright-core'
import { build, preview } from 'vite'
import { chromiumArguments, chromiumPath } from '../../support/chromium.ts'
import { places } from '../cities.ts'
import type { Measured } from '../session.ts'
import type { PageGlobals } from './page/main.ts'
import { type Order, steps } from './page/session.ts'

const root = fileURLToPath(new URL('page', import.meta.url))
const output = fileURLToPath(new URL('../../.output/bench-bindings-page', import.meta.url))

export interface Pages {
  run(order: Order): Promise<Measured>
  version(): string
  close(): Promise<void>
}

export async function openPages(counts: readonly number[]): Promise<Pages> {
  await build({ root })
  await mkdir(output, { recursive: true })
  for (const count of counts) {
    const rows = places(count).sort((a, b) => (a.id < b.id ? -1 : 1))
    await writeFile(join(output, `places-${count}.json`), JSON.stringify(rows))
  }
  const server = await preview({ root, preview: { port: 0, strictPort: false }, logLevel: 'warn' })
  const url = server.resolvedUrls!.local[0]!
  const browser = await chromium.launch({ executablePath: chromiumPath(), args: chromiumArguments })
  return {
    async run(order) {
      const page = await browser.newPage() // a fresh heap for each
      try {
        await page.goto(url)
        await page.waitForFunction(() => 'openSession' in globalThis)
        await page.evaluate(
          (given) => (globalThis as unknown as PageGlobals).openSession(given),
          order,
        )
        const run = (step: (typeof steps)[number]) =>
          page.evaluate((given) => (globalThis as unknown as PageGlobals).runStep(given), step)

        const devtools = await page.context().newCDPSession(page)
        const before = await heapKb(devtools)
        const measured = await run('first mount')
        const heap = (await heapKb(devtools)) - before
        for (const step of order.steps ?? steps.slice(1)) Object.assign(measured, await run(step))
        return { ...measured, 'heap per row, KB': heap / (order.limit ?? order.count) }
      } finally {
        await page.close()
      }
    },
    version: () => browser.version(),
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

async function heapKb(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  return usedSize / 1024
}
