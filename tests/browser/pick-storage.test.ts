/** `pickStorage` finds a file that the SDK has made, and what is in it, however the page ended that wrote it. */
import { fileURLToPath } from 'node:url'
import type { BrowserContext, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openBrowser } from '../support/browser.ts'
import { sharePage } from '../support/built-page.ts'
import type { StoragePage } from './storage/page.ts'

declare const storagePage: StoragePage

const app = sharePage(fileURLToPath(new URL('storage', import.meta.url)))

const files = ['app.db', 'data/app.db'] as const
type Storage = 'IDBBatchAtomicVFS' | 'OPFSCoopSyncVFS' | 'OPFSWriteAheadVFS'

interface Written {
  readonly file: string
  readonly vfs: Storage
  readonly isClosed: boolean
}

const write = (page: Page, written: Written) =>
  page.evaluate(async ({ file, vfs, isClosed }) => {
    const database = await storagePage.open(file, vfs)
    await storagePage.add(database, 'written')
    if (isClosed) await database.close()
  }, written)

const openPage = async (browser: BrowserContext): Promise<Page> => {
  const page = await browser.newPage()
  await page.goto(app.url)
  await page.waitForFunction(() => 'storagePage' in globalThis)
  return page
}

async function isFound(vfs: Storage, file: string): Promise<void> {
  const browser = await openBrowser()
  for (const isClosed of [true, false]) {
    const name = `${file}-${isClosed}`
    const before = await openPage(browser)
    await write(before, { file: name, vfs, isClosed })
    await before.close()
    const page = await openPage(browser)
    const titles = await page.evaluate(
      async (file) => storagePage.titles(await storagePage.openPicked(file)),
      name,
    )
    expect(titles).toEqual(['written'])
    expect(await page.evaluate((file) => storagePage.picked(file), name)).toBe(vfs)
    await page.close()
  }
}

const known = files.flatMap((file) => [
  ['IDBBatchAtomicVFS', file] as const,
  ['OPFSCoopSyncVFS', file] as const,
  ['OPFSWriteAheadVFS', file] as const,
])

test.each(known)('a file is opened where it is, with what is in it: %s, %s', isFound)

test.each(files)('a file of OPFS is removed, in whatever folder it is: %s', async (file) => {
  const page = await openPage(await openBrowser())
  await write(page, { file, vfs: 'OPFSCoopSyncVFS', isClosed: true })
  await page.evaluate((name) => storagePage.reset(name), file)
  const titles = await page.evaluate(
    async (name) => storagePage.titles(await storagePage.openPicked(name)),
    file,
  )
  expect(titles).toEqual([])
})
