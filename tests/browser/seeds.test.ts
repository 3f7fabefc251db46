/** What is shown of the last visit, by a page of each framework in a real browser, with a database in IndexedDB and OPFS. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { BrowserContext, Page } from 'playwright-core'
import solid from 'vite-plugin-solid'
import type { Page as CachedPage } from 'puppeteer-core'
import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { openCachingBrowser } from '../support/caching-browser.ts'
import { sharePage } from '../support/built-page.ts'
import { eventually } from '../support/eventually.ts'
import { type Framework, frameworks } from './planner.ts'
import type { SeedPage } from './seeds/page.ts'

declare const seedPage: SeedPage

const app = sharePage(fileURLToPath(new URL('seeds', import.meta.url)), [
  solid({ include: /solid\.tsx/ }),
  svelte({ configFile: false }),
])

const storages = ['IDBBatchAtomicVFS', 'OPFSCoopSyncVFS'] as const
const everywhere = storages.flatMap((vfs) =>
  frameworks.map((framework) => [framework, vfs] as const),
)

/** The pages of one person. */
class Person {
  readonly browser: BrowserContext
  readonly #framework: Framework
  readonly #vfs: string

  constructor(browser: BrowserContext, framework: Framework, vfs: string) {
    this.browser = browser
    this.#framework = framework
    this.#vfs = vfs
  }

  /** @param query What the address says beside the framework and the storage. */
  address(query: string): string {
    return `${app.url}?framework=${this.#framework}&vfs=${this.#vfs}&${query}`
  }

  async visit(query = ''): Promise<Page> {
    const page = await this.browser.newPage()
    await this.open(page, query)
    return page
  }

  async open(page: Page, query: string): Promise<void> {
    await page.goto(this.address(query))
    await page.waitForFunction(() => 'seedPage' in globalThis)
  }
}

const openPerson = async (
  framework: Framework = 'vue',
  vfs: (typeof storages)[number] = 'IDBBatchAtomicVFS',
): Promise<Person> => new Person(await openBrowser(), framework, vfs)

const shown = (page: Page) => page.locator('#app').innerText().then(onOneLine)
const log = async (page: Page) => (await page.evaluate(() => seedPage.log)).map(onOneLine)
const kept = (page: Page) => page.evaluate(() => seedPage.kept())
const onOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()
const all = 'todo 1 todo 2 todo 3 first todo 1, top todo 3,todo 2'

/** Somebody who was shown three todos, which are kept. */
async function openVisited(...of: Parameters<typeof openPerson>): Promise<Person> {
  const person = await openPerson(...of)
  const page = await person.visit()
  await page.evaluate(() => seedPage.fill(3))
  await eventually(async () => expect(await shown(page)).toBe(`ready 3: ${all}`))
  await eventually(async () => expect(await kept(page)).toContain('todo 3'))
  await page.close()
  return person
}

test.each(everywhere)(
  '%s: what a page showed is shown at once at the next visit, and replaced in one step: %s',
  async (framework, vfs) => {
    const person = await openVisited(framework, vfs)
    const page = await person.visit('hold')
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
    expect(await page.evaluate(() => seedPage.moved())).toEqual([])
  },
)

test.each(everywhere)(
  '%s: a write to a row of the last visit is made when SQLite has been read: %s',
  async (framework, vfs) => {
    const person = await openVisited(framework, vfs)
    const page = await person.visit('hold')
    await page.evaluate(async () => {
      const write = seedPage.todos.update('row 1', (draft) => void (draft.title = 'mine'))
      seedPage.release()
      await write.isPersisted.promise
    })
    await eventually(async () => expect(await shown(page)).toContain('ready 3: mine todo 2'))
  },
)

test.each(everywhere)(
  '%s: a page that is closed at once has kept what it showed: %s',
  async (framework, vfs) => {
    const person = await openPerson(framework, vfs)
    const page = await person.visit()
    await page.evaluate(() => seedPage.fill(3))
    await eventually(async () => expect(await shown(page)).toBe(`ready 3: ${all}`))
    await page.close()
    const again = await person.visit('hold')
    expect(await shown(again)).toBe(`seed 3: ${all}`)
  },
)

test.each(storages)(
  'a page that is left at once, and that the browser keeps, has kept what it showed: %s',
  async (vfs) => {
    const { browser } = await openCachingBrowser()
    const address = `${app.url}?framework=vue&vfs=${vfs}&reopens`
    const shownBy = (page: CachedPage) =>
      page.evaluate(() => document.querySelector<HTMLElement>('#app')!.innerText).then(onOneLine)
    const page = await browser.newPage()
    await page.goto(address)
    await page.waitForFunction(() => 'seedPage' in globalThis)
    await page.evaluate(() => {
      addEventListener('pagehide', ({ persisted }) => (sessionStorage['isKept'] = persisted))
      return seedPage.fill(3)
    })
    await eventually(async () => expect(await shownBy(page)).toBe(`ready 3: ${all}`))
    await page.goto(`${app.url}elsewhere`)
    expect(await page.evaluate(() => sessionStorage['isKept'] as string)).toBe('true')
    const again = await browser.newPage()
    await again.goto(`${address}&hold`)
    await again.waitForFunction(() => 'seedPage' in globalThis)
    expect(await shownBy(again)).toBe(`seed 3: ${all}`)
  },
)

test('what has been read long after the page was opened is kept, too', async () => {
  const person = await openPerson()
  const page = await person.visit('seeds=off')
  await page.evaluate(() => seedPage.fill(3))
  await page.close()
  const slow = await person.visit('hold')
  // Once for the list, and once for the commit that has made the trigger: no other comes.
  await eventually(async () =>
    expect(await slow.evaluate(() => seedPage.looks())).toBeGreaterThan(1),
  )
  await slow.evaluate(() => seedPage.release())
  await eventually(async () => expect(await kept(slow)).toContain('todo 3'))
})

test.each([
  ['another user', 'user=2'],
  ['another schema', 'schema=new'],
  ['another database', 'file=other.db'],
])('nothing is shown to %s, nor what that has dropped', async (_, query) => {
  const person = await openVisited()
  const other = await person.visit(`hold&${query}`)
  expect(await log(other)).toEqual(['loading 0: first none, top'])
  await other.close()
  if (query.startsWith('file')) return
  const again = await person.visit('hold')
  expect(await log(again)).toEqual(['loading 0: first none, top'])
})

const signOuts: Record<string, (page: Page) => Promise<unknown>> = {
  'signOut that keeps its writes': (page) =>
    page.evaluate(() => seedPage.signOut(seedPage.database, { pending: 'keep' })),
  'signOut that drops its writes': (page) =>
    page.evaluate(() => seedPage.signOut(seedPage.database, { pending: 'discard' })),
  disconnectAndClear: (page) => page.evaluate(() => seedPage.database.disconnectAndClear()),
  'drop()': (page) => page.evaluate(() => seedPage.seeds?.drop()),
}

test.each(storages.flatMap((vfs) => Object.keys(signOuts).map((how) => [how, vfs] as const)))(
  'nothing of before a sign-out is shown, in this tab or from another: %s, %s',
  async (how, vfs) => {
    const person = await openVisited('vue', vfs)
    const [other, page] = [await person.visit(), await person.visit('hold')]
    await eventually(async () => expect(await shown(other)).toBe(`ready 3: ${all}`))
    expect(await shown(page)).toBe(`seed 3: ${all}`)
    await signOuts[how]!(page)
    await eventually(async () => expect(await shown(page)).not.toContain('seed'))
    expect(await kept(page)).toBeUndefined()
    await other.bringToFront()
    await other.evaluate(() => dispatchEvent(new Event('pagehide'))) // a tab that would keep what it shows
    await other.close()
    await page.close()
    const next = await person.visit('hold')
    expect(await log(next)).toEqual(['loading 0: first none, top'])
  },
)

test('a sign-out drops what another tab has kept since the browser has removed all', async () => {
  const person = await openVisited()
  const page = await person.visit('hold')
  const devtools = await person.browser.newCDPSession(page)
  const { origin } = new URL(page.url())
  await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' })
  const stored = () => page.evaluate(() => seedPage.database.getAll('SELECT id FROM todos'))
  await eventually(async () => expect(await stored()).toEqual([])) // it has opened its file anew
  const other = await person.visit()
  await other.evaluate(() => seedPage.fill(3))
  await eventually(async () => expect(await shown(other)).toBe(`ready 3: ${all}`))
  await other.evaluate(() => dispatchEvent(new Event('pagehide')))
  await eventually(async () => expect(await kept(other)).toBeDefined())
  await page.evaluate(() => seedPage.seeds?.drop())
  expect(await kept(page)).toBeUndefined()
})

test.each(storages)(
  'a database that closes ends its seed, and another user sees none of it: %s',
  async (vfs) => {
    const person = await openVisited('vue', vfs)
    const page = await person.visit('hold')
    await page.evaluate(() => seedPage.database.close())
    await eventually(async () => expect(await shown(page)).not.toContain('todo'))
    await person.open(page, 'user=2&hold')
    expect(await log(page)).toEqual(['loading 0: first none, top'])
  },
)

test('a page that does not ask for seeds keeps none', async () => {
  const person = await openPerson()
  const page = await person.visit('seeds=off')
  await page.evaluate(() => seedPage.fill(3))
  await eventually(async () => expect(await shown(page)).toBe(`ready 3: ${all}`))
  await page.evaluate(() => dispatchEvent(new Event('pagehide')))
  const names = await page.evaluate(async () =>
    (await indexedDB.databases()).map(({ name }) => name),
  )
  expect(names).not.toContain('rowsignal')
})

test.each(storages)(
  'of 10,000 rows the first are kept, with how many there are: %s',
  async (vfs) => {
    const person = await openPerson('vue', vfs)
    const first = await person.visit('limit=100')
    await first.evaluate(() => seedPage.fill(10_000))
    await eventually(async () => expect(await shown(first)).toContain('ready 10000: '))
    await eventually(async () => expect(await kept(first)).toContain('todo 100'))
    await first.close()
    const ms = async (query: string): Promise<number> => {
      const page = await person.visit(`limit=100&${query}`)
      await eventually(async () => expect(await shown(page)).toContain('ready 10000: '))
      const found = await page.evaluate(() => seedPage.firstRowMs())
      await page.close()
      return Math.round(found!)
    }
    // Printed, not asserted: the machine may be busy with other things.
    const [seeded, bare] = [await ms(''), await ms('seeds=off')]
    process.stdout.write(
      `page open to the first row: ${vfs}, ${seeded} ms, without a seed ${bare} ms\n`,
    )
    const page = await person.visit('limit=100&hold')
    expect(await shown(page)).toMatch(/^seed 10000: todo 1 /)
    expect(await page.locator('li').count()).toBe(100)
  },
)
