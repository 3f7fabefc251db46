/** A planner that is opened again: what it showed last is there before SQLite is, and stays in its place when that comes. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import { frameworks, openPlanner, plannerIn, sharePlaygrounds } from './planner.ts'

const playgrounds = sharePlaygrounds(0)

const everywhere = ['IDBBatchAtomicVFS', 'OPFSCoopSyncVFS'].flatMap((vfs) =>
  frameworks.map((framework) => [framework, vfs] as const),
)

/** What a page has shown of its lists, frame by frame: each row with its place, once for as long as nothing moves. */
declare const frames: string[]

/** Runs in the page before its own scripts. */
function watchFrames(): void {
  const frames: string[] = []
  const place = (row: HTMLElement): string => {
    const { x, y, height } = row.getBoundingClientRect()
    return `${row.querySelector('a, label')?.textContent.trim()} ${x} ${y} ${height}`
  }
  const note = (): void => {
    const shown = [...document.querySelectorAll<HTMLElement>('main li')].map(place).join()
    // Nothing is there before the app is.
    if (shown !== frames.at(-1) && document.querySelector('main') !== null) frames.push(shown)
    requestAnimationFrame(note)
  }
  requestAnimationFrame(note)
  Object.assign(globalThis, { frames })
}

/** The rows that are kept for the next visit, as text. */
const kept = (page: Page) =>
  page.evaluate(async () => {
    const request = indexedDB.open('rowsignal')
    await new Promise((resolve) => (request.onsuccess = resolve))
    const all = request.result.transaction('seeds').objectStore('seeds').getAll()
    await new Promise((resolve) => (all.onsuccess = resolve))
    request.result.close()
    const stored = all.result as { kept?: Map<string, unknown> }[]
    return JSON.stringify(stored.map(({ kept = new Map<string, unknown>() }) => [...kept.values()]))
  })

test.each(everywhere)(
  '%s shows what it showed last, and no row moves when SQLite has been read: %s',
  async (framework, vfs) => {
    const browser = await openBrowser()
    const before = await openPlanner(playgrounds.url, framework, { browser, query: { vfs } })
    for (const name of ['Japan', 'Norway', 'Peru']) await before.addTrip(name)
    await before.open('Japan')
    await before.addStop('Tokyo')
    await playgrounds.arrived({ trips: 3, stops: 1 })
    await eventually(async () => expect(await kept(before.page)).toMatch(/Peru.*Tokyo|Tokyo.*Peru/))
    const address = before.page.url()
    await before.page.close()

    const page = await browser.newPage()
    await page.addInitScript(watchFrames)
    await page.goto(address)
    const planner = plannerIn(page)
    await planner.status.getByText('Connected').waitFor()
    await planner.status.getByText('Synced').waitFor()
    await planner.status.getByText('Nothing to upload').waitFor()
    const seen = await page.evaluate(() => frames)
    expect(seen).toEqual([seen[0]]) // a failure prints what came after it
    for (const name of ['Japan', 'Norway', 'Peru', 'Tokyo']) expect(seen[0]).toContain(name)
  },
)
