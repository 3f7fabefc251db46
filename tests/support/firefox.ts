import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { onTestFinished } from 'vitest'
import { patienceMs } from './eventually.ts'

/** The test command sets the variable to the browser that it has found. */
export function firefoxPath(): string {
  return process.env.ROWSIGNAL_FIREFOX ?? '/usr/bin/firefox-esr'
}

/** A folder for what a Firefox keeps from one start to the next, removed when the test ends. */
export async function makeProfile(): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), 'rowsignal-firefox-'))
  onTestFinished(() => rm(profile, { recursive: true, force: true, maxRetries: 3 }))
  return profile
}

/** A real Firefox, closed when the test ends. */
export async function openFirefox(userDataDir: string): Promise<Browser> {
  const browser = await launch({
    browser: 'firefox',
    executablePath: firefoxPath(),
    userDataDir,
    protocolTimeout: patienceMs,
  })
  onTestFinished(() => browser.close())
  return browser
}
