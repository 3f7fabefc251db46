import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, launch } from 'puppeteer-core'
import { onTestFinished } from 'vitest'
import { patienceMs } from './eventually.ts'

/** The test command sets the variable to the browser that it has found. */
function firefoxPath(): string {
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

/** Ends all its processes at once, as a power cut does to them: none says good-bye, and none closes a file. */
export async function killFirefox(browser: Browser): Promise<void> {
  const main = browser.process()!
  const gone = once(main, 'exit')
  process.kill(-main.pid!, 'SIGKILL') // puppeteer starts it as the head of a group
  await gone
}
