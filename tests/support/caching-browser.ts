import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { onTestFinished } from 'vitest'
import { chromiumArguments, chromiumPath } from './chromium.ts'
import { patienceMs } from './eventually.ts'

export interface CachingBrowser {
  readonly browser: Browser
  readonly close: () => Promise<void>
}

/**
 * A real Chromium that keeps pages in its back/forward cache and freezes tabs, with a profile of its own. Closed when the test ends,
 * unless `close` has done so.
 *
 * By puppeteer and not by Playwright, whose emulation of focus keeps every page visible: none would freeze, and none go into the cache.
 *
 * @param quotaBytes How much an origin may store. Default: what the browser gives it.
 */
export async function openCachingBrowser(quotaBytes?: number): Promise<CachingBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'rowsignal-chromium-'))
  if (quotaBytes !== undefined) await keepStored(profile)
  const quota = `--enable-features=StorageQuotaSettings:PoolSizeBytes/${quotaBytes}`
  const browser = await launch({
    executablePath: chromiumPath(),
    args: [...chromiumArguments, ...(quotaBytes === undefined ? [] : [quota])],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    userDataDir: profile,
    protocolTimeout: patienceMs,
  })
  let isClosed = false
  const close = async (): Promise<void> => {
    if (isClosed) return
    isClosed = true
    await browser.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  }
  onTestFinished(close)
  return { browser, close }
}

/**
 * Has the browser remove nothing for want of space: with as little as this it may remove all of an origin, also while its tabs are open (seen
 * of Chromium 156, also after `navigator.storage.persist()`).
 */
async function keepStored(profile: string): Promise<void> {
  const allow = 1
  const preferences = { profile: { default_content_setting_values: { durable_storage: allow } } }
  await mkdir(join(profile, 'Default'))
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences))
}
