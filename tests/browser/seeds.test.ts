/** What is shown of the last visit, by a page of Vue in a real browser with a database in IndexedDB. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aliasFor } from '../support/alias.ts'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import type { SeedPage } from './seeds/page.ts'

declare const seedPage: SeedPage

let url: string
const ends: (() => unknown)[] = []

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

beforeAll(async () => {
  const root = fileURLToPath(new URL('seeds', import.meta.url))
  const outDir = await mkdtemp(join(tmpdir(), 'rowsignal-'))
  ends.push(() => rm(outDir, { recursive: true, force: true }))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: aliasFor('0.15') },
    worker: { format: 'es' },
    build: { outDir, target: 'es2022' },
  })
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://page').pathname
    const file = path === '/' ? '/index.html' : path
    response.setHeader('content-type', types[extname(file)] ?? 'text/plain')
    readFile(join(outDir, file)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => {
    server.closeAllConnections()
    server.close()
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
})
afterAll(async () => {
  for (const end of ends) await end()
})

async function visit(browser: BrowserContext, query = ''): Promise<Page> {
  const page = await browser.newPage()
  await page.goto(`${url}?${query}`)
  await page.waitForFunction(() => 'seedPage' in globalThis)
  return page
}

const shown = (page: Page) => page.locator('#app').textContent()
const log = (page: Page) => page.evaluate(() => seedPage.log)
const kept = (page: Page) => page.evaluate(() => seedPage.kept())
const all = 'todo 1 todo 2 todo 3 first todo 1, top todo 3,todo 2'

/** A browser that has shown three todos, and kept them. */
async function openVisited(): Promise<BrowserContext> {
  const browser = await openBrowser()
  const page = await visit(browser)
  await page.evaluate(() => seedPage.fill(3))
  await eventually(async () => expect(await shown(page)).toBe(`ready 3: ${all}`))
  await eventually(async () => expect(await kept(page)).toContain('todo 3'))
  await page.close()
  return browser
}

test('what a page showed is shown at once at the next visit, and replaced in one step', async () => {
  const browser = await openVisited()
  const page = await visit(browser, 'hold')
  expect(await shown(page)).toBe(`seed 3: ${all}`)
  await page.evaluate(() =>
    seedPage.database.execute("UPDATE todos SET title = 'new' WHERE id = 'row 2'"),
  )
  await page.evaluate(() => seedPage.release())
  const now = 'ready 3: todo 1 new todo 3 first todo 1, top todo 3,new'
  await eventually(async () => expect(await shown(page)).toBe(now))
  const steps = await log(page)
  expect(steps[0]).toBe(`seed 3: ${all}`)
  for (const step of steps) expect(step).toContain('todo 1') // never empty
  expect(steps.filter((step) => step.startsWith('ready'))).not.toContain(`ready 3: ${all}`)
})

test('a write to a row of the last visit is made when SQLite has been read', async () => {
  const browser = await openVisited()
  const page = await visit(browser, 'hold')
  const written = page.evaluate(async () => {
    const write = seedPage.todos.update('row 1', (draft) => void (draft.title = 'mine'))
    seedPage.release()
    await write.isPersisted.promise
  })
  await written
  await eventually(async () => expect(await shown(page)).toContain('ready 3: mine todo 2'))
})

test.each([
  ['another user', 'user=2'],
  ['another schema', 'schema=new'],
  ['another database', 'file=other.db'],
])('nothing is shown to %s, nor what that has dropped', async (_, query) => {
  const browser = await openVisited()
  const other = await visit(browser, `hold&${query}`)
  expect(await log(other)).toEqual(['loading 0: first none, top '])
  await other.close()
  if (query.startsWith('file')) return
  const again = await visit(browser, 'hold')
  expect(await log(again)).toEqual(['loading 0: first none, top '])
})

const signOuts: Record<string, (page: Page) => Promise<unknown>> = {
  'signOut that keeps its writes': (page) =>
    page.evaluate(() => seedPage.signOut(seedPage.database, { pending: 'keep' })),
  'signOut that drops its writes': (page) =>
    page.evaluate(() => seedPage.signOut(seedPage.database, { pending: 'discard' })),
  disconnectAndClear: (page) => page.evaluate(() => seedPage.database.disconnectAndClear()),
  'drop()': (page) => page.evaluate(() => seedPage.seeds?.drop()),
}

test.each(Object.keys(signOuts))(
  'nothing of before a sign-out is shown, in this tab or from another: %s',
  async (how) => {
    const browser = await openVisited()
    const [other, page] = [await visit(browser), await visit(browser, 'hold')]
    await eventually(async () => expect(await shown(other)).toBe(`ready 3: ${all}`))
    expect(await shown(page)).toBe(`seed 3: ${all}`)
    await signOuts[how]!(page)
    await eventually(async () => expect(await shown(page)).not.toContain('seed'))
    expect(await kept(page)).toBeUndefined()
    await other.bringToFront()
    await other.evaluate(() => dispatchEvent(new Event('pagehide'))) // a tab that would keep what it shows
    await other.close()
    await page.close()
    const next = await visit(browser, 'hold')
    expect(await log(next)).toEqual(['loading 0: first none, top '])
  },
)

test('a database that closes ends its seed, and another user sees none of it', async () => {
  const browser = await openVisited()
  const page = await visit(browser, 'hold')
  await page.evaluate(() => seedPage.database.close())
  await eventually(async () => expect(await shown(page)).not.toContain('todo'))
  await page.goto(`${url}?user=2&hold`)
  await page.waitForFunction(() => 'seedPage' in globalThis)
  expect(await log(page)).toEqual(['loading 0: first none, top '])
})

test('a page that does not ask for seeds keeps none', async () => {
  const browser = await openBrowser()
  const page = await visit(browser, 'seeds=off')
  await page.evaluate(() => seedPage.fill(3))
  await eventually(async () => expect(await shown(page)).toBe(`ready 3: ${all}`))
  await page.evaluate(() => dispatchEvent(new Event('pagehide')))
  const names = await page.evaluate(async () =>
    (await indexedDB.databases()).map(({ name }) => name),
  )
  expect(names).not.toContain('rowsignal')
})

test('of 10,000 rows the first are kept, with how many there are', async () => {
  const browser = await openBrowser()
  const first = await visit(browser, 'limit=100')
  await first.evaluate(() => seedPage.fill(10_000))
  await eventually(async () => expect(await shown(first)).toContain('ready 10000: '))
  await eventually(async () => expect(await kept(first)).toContain('todo 100'))
  await first.close()
  const ms = async (query: string): Promise<number> => {
    const page = await visit(browser, `limit=100&${query}`)
    await eventually(async () => expect(await shown(page)).toContain('ready 10000: '))
    const found = await page.evaluate(() => seedPage.firstRowMs())
    await page.close()
    return Math.round(found!)
  }
  // Printed, not asserted: the machine may be busy with other things.
  const [seeded, bare] = [await ms(''), await ms('seeds=off')]
  process.stdout.write(`page open to the first row: ${seeded} ms, without a seed ${bare} ms\n`)
  const page = await visit(browser, 'limit=100&hold')
  expect(await shown(page)).toMatch(/^seed 10000: todo 1 /)
  expect(await page.locator('li').count()).toBe(100)
})
