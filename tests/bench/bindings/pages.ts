/** Runs sessions in Chromium: one production build, a page for each session, a persistent profile for OPFS. */
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type CDPSession, chromium, type Page } from 'playwright-core'
import { build, type InlineConfig, preview } from 'vite'
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

/** The part of a CPU profile of V8 that tells where the time went. Times in µs. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string }
  }[]
  readonly samples?: readonly number[]
  readonly timeDeltas?: readonly number[]
}

export interface Pages {
  run(order: Order): Promise<Measured>
  /** The CPU profile of one step, after the steps before it. */
  profile(order: Order, step: (typeof steps)[number]): Promise<CpuProfile>
  /** A write in one tab until the list in another shows it. */
  runTabs(order: TabsOrder): Promise<Measured>
  version(): string
  close(): Promise<void>
}

export async function openPages(
  counts: readonly number[],
  config: InlineConfig = {},
): Promise<Pages> {
  await build({ ...config, root })
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
  const inPage = async <T>(run: (page: Page) => Promise<T>): Promise<T> => {
    const page = await context.newPage() // a fresh heap for each
    try {
      return await run(page)
    } finally {
      await page.close()
    }
  }
  return {
    run: (order) => inPage((page) => runSession(page, url, order)),
    profile: (order, step) => inPage((page) => profileStep(page, url, { ...order, step })),
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

type RunStep = (step: (typeof steps)[number]) => Promise<Measured>

async function openSession(page: Page, url: string, order: Order): Promise<RunStep> {
  await page.goto(url)
  await page.waitForFunction(() => 'openSession' in globalThis)
  await page.evaluate((given) => (globalThis as unknown as PageGlobals).openSession(given), order)
  return (step) =>
    page.evaluate((given) => (globalThis as unknown as PageGlobals).runStep(given), step)
}

async function runSession(page: Page, url: string, order: Order): Promise<Measured> {
  const run = await openSession(page, url, order)
  const devtools = await page.context().newCDPSession(page)
  const before = await heapKb(devtools)
  const measured = await run('first mount')
  const heap = (await heapKb(devtools)) - before
  for (const step of order.steps ?? steps.slice(1)) Object.assign(measured, await run(step))
  return { ...measured, 'heap per row, KB': heap / (order.limit ?? order.count) }
}

async function profileStep(
  page: Page,
  url: string,
  { step, ...order }: Order & { step: (typeof steps)[number] },
): Promise<CpuProfile> {
  const run = await openSession(page, url, order)
  for (const before of steps.slice(0, steps.indexOf(step))) await run(before)
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Profiler.enable')
  await devtools.send('Profiler.setSamplingInterval', { interval: 200 })
  await devtools.send('Profiler.start')
  await run(step)
  const { profile } = await devtools.send('Profiler.stop')
  return profile
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
