/** What the SDK alone can't do in Firefox. A test here goes red when it can: then docs/storage.md has changed, too. */
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sharePage } from '../../support/built-page.ts'
import { makeProfile, openFirefox } from '../../support/firefox.ts'
import type { StoragePage } from '../storage/page.ts'

declare const storagePage: StoragePage

const app = sharePage(fileURLToPath(new URL('../storage', import.meta.url)))

async function openPage() {
  const browser = await openFirefox(await makeProfile())
  const page = await browser.newPage()
  await page.goto(app.url)
  await page.waitForFunction(() => 'storagePage' in globalThis)
  return page
}

test.each(['IDBBatchAtomicVFS', 'OPFSCoopSyncVFS'] as const)(
  'the SDK alone keeps a file in Firefox: %s',
  async (vfs) => {
    const page = await openPage()
    const titles = await page.evaluate(async (vfs) => {
      const database = await storagePage.open('app.db', vfs)
      await storagePage.add(database, 'written')
      return storagePage.titles(database)
    }, vfs)
    expect(titles).toEqual(['written'])
  },
)

test('the SDK alone opens no file by OPFSWriteAheadVFS in Firefox', async () => {
  const page = await openPage()
  const failure = await page.evaluate(() =>
    storagePage.open('app.db', 'OPFSWriteAheadVFS').then(
      () => 'opened',
      (error: unknown) => String(error),
    ),
  )
  expect(failure).toContain('unable to open database file')
})
