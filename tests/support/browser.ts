import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core'
import { onTestFinished } from 'vitest'
import { chromiumArguments, chromiumPath } from './chromium.ts'
import { patienceMs } from './eventually.ts'

/**
 * A real Chromium with a profile of its own, closed when the test ends.
 *
 * A persistent context, since a plain one is incognito, where OPFS is up to eight times slower than users have it.
 */
export async function openBrowser(options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const profile = await mkdtemp(join(tmpdir(), 'rowsignal-chromium-'))
  const context = await chromium.launchPersistentContext(profile, {
    ...options,
    executablePath: chromiumPath(),
    args: chromiumArguments,
  })
  context.setDefaultTimeout(patienceMs)
  onTestFinished(async () => {
    await context.close()
    await rm(profile, { recursive: true, force: true, maxRetries: 3 })
  })
  return context
}
