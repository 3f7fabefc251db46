// @ts-check
/** Finds the browsers of the tests, and installs one where there is none. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { root, run } from './setup.mjs'

const require = createRequire(join(root, 'tests/package.json'))

/**
 * @typedef {object} Browser
 * @property {string} name
 * @property {string} variable of the environment, with the path of its executable
 * @property {readonly string[]} executables as they are called on PATH
 * @property {string} debian its package
 * @property {readonly string[]} versionArguments so that it tells its version, if it starts
 * @property {{ path(): string, install(): void }} [download] one for this project alone
 */

/** @type {Browser} */
export const chromium = {
  name: 'Chromium or Chrome',
  variable: 'ROWSIGNAL_CHROMIUM',
  executables: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'],
  debian: 'chromium',
  versionArguments: ['--version', '--no-sandbox'],
  download: {
    path: () => require('playwright-core').chromium.executablePath(),
    install: () => run('node', [require.resolve('playwright-core/cli.js'), 'install', 'chromium']),
  },
}

/** Playwright's own Firefox is another than its users have, so there is none to download. @type {Browser} */
export const firefox = {
  name: 'Firefox',
  variable: 'ROWSIGNAL_FIREFOX',
  executables: ['firefox-esr', 'firefox'],
  debian: 'firefox-esr',
  versionArguments: ['--version'],
}

/**
 * Ends the command where there is none and none can be installed.
 * @param {Browser} browser
 * @returns {Record<string, string>} the variable, with the path of a browser that starts
 */
export function findOrInstall(browser) {
  const path = find(browser) ?? install(browser)
  if (path !== undefined) return { [browser.variable]: path }
  console.error(
    `These tests need ${browser.name}, and none could be installed here. Install one and put it on PATH, ` +
      `or set ${browser.variable} to the path of its executable.`,
  )
  process.exit(1)
}

/**
 * @param {Browser} browser
 * @returns {string | undefined}
 */
function install(browser) {
  console.log(`No ${browser.name} found; installing one.`)
  if (browser.download !== undefined) {
    browser.download.install()
    const downloaded = find(browser)
    if (downloaded !== undefined) return downloaded
  }
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version')) return undefined
  run('apt-get', ['update', '-qq'])
  run('apt-get', ['install', '-y', '-qq', browser.debian], { DEBIAN_FRONTEND: 'noninteractive' })
  return find(browser)
}

/**
 * @param {Browser} browser
 * @returns {string | undefined}
 */
function find({ variable, executables, download, versionArguments }) {
  const path = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env[variable],
    ...executables.flatMap((name) => path.map((folder) => join(folder, name))),
    download?.path(),
  ]
  // A browser may be there and lack a library.
  const starts = (/** @type {string} */ file) =>
    spawnSync(file, versionArguments, { timeout: 30_000 }).status === 0
  return candidates.find((file) => file !== undefined && existsSync(file) && starts(file))
}
