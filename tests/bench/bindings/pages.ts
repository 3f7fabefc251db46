/** Runs sessions in Chromium: one production build, a page for each session, a persistent profile for OPFS. */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { build, preview } from 'vite'
import { chromiumArguments, chromiumPath } from '../../support/chromium.ts'
import { places } from '../cities.ts'
import type { Measured } from '../session.ts'
import type { DatabaseOrder } from './page/database.ts'
import type { PageGlobals } from './page/main.ts'
import { type Order, steps } from './page/session.ts'
import type { TabGlobals } from './page/tabs.ts'
import type { VariantName } from './page/variants.ts'

const root = fileURLToPath(new URL('page', import.meta.url))
const output = fileURLToPath(new URL('../../.output/bench-bindings-page', import.meta.url))

export interface TabsOrder extends Pick<DatabaseOrder, 'storage'> {
  readonly variant: VariantName
  readonly count: number
}

export interface Pages {
  run(order: Order): Promise<Measured>
  /** A write in one tab until the list in another shows it. */
  runTabs(order: TabsOrder): Promise<Measured>
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
  const profile = await mkdtemp(join(tmpdir(), 'rowsignal-bench-'))
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumPath(),
    args: chromiumArguments,
  })
  return {
    async run(order) {
      const page = await context.newPage() // a fresh heap for each
      try {
        return await runSession(page, url, order)
      } finally {
        await page.close()
      }
    },
    async runTabs(order) {
      const [reader, writer] = [await context.newPage(), await context.newPage()]
      try {
        return await runTabs({ reader, writer }, `${url}tabs.html`, order)
      } finally {
        await Promise.all([reader.close(), writer.close()])
      }
    },
    version: () => context.browser()?.version() ?? 'unknown',
    async close() {
      await context.close()
      await server.close()
      await rm(profile, { recursive: true, force: true })
    },
  }
}

async function runSession(page: Page, url: string, order: Order): Promise<Measured> {
  await page.goto(url)
  await page.waitForFunction(() => 'openSession' in globalThis)
  await page.evaluate((given) => (globalThis as unknown as PageGlobals).openSession(given), order)
  const run = (step: (typeof steps)[number]): Promise<Measured> =>
    page.evaluate((given) => (globalThis as unknown as PageGlobals).runStep(given), step)

  const devtools = await page.context().newCDPSession(page)
  const before = await heapKb(devtools)
  const measured = await run('first mount')
  const heap = (await heapKb(devtools)) - before
  for (const step of order.steps ?? steps.slice(1)) Object.assign(measured, await run(step))
  return { ...measured, 'heap per row, KB': heap / (order.limit ?? order.count) }
}

async function runTabs(
  { reader, writer }: { reader: Page; writer: Page },
  url: string,
  { variant, count, storage }: TabsOrder,
): Promise<Measured> {
  const opened = { storage, file: `${variant}-${randomUUID()}.db` }
  for (const page of [reader, writer]) {
    await page.goto(url)
    await page.waitForFunction(() => 'openReader' in globalThis)
  }
  await reader.evaluate((order) => (globalThis as unknown as TabGlobals).openReader(order), {
    ...opened,
    variant,
    count,
  })
  await writer.evaluate((order) => (globalThis as unknown as TabGlobals).openWriter(order), opened)
  const measured = await reader.evaluate(() => (globalThis as unknown as TabGlobals).measure())
  for (const page of [writer, reader]) {
    await page.evaluate(() => (globalThis as unknown as TabGlobals).close())
  }
  return measured
}

async function heapKb(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  return usedSize / 1024
}
