// @ts-check
/** Finds a Chromium for the browser tests, and installs one where there is none. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { root, run } from './setup.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']

/** @returns {string} the path of a browser that starts */
export function findOrInstallBrowser() {
  const found = find()
  if (found !== undefined) return found
  console.log('No Chromium found; installing one.')
  run('node', [require.resolve('playwright-core/cli.js'), 'install', 'chromium'])
  const downloaded = find()
  if (downloaded !== undefined) return downloaded
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    run('apt-get', ['update', '-qq'])
    run('apt-get', ['install', '-y', '-qq', 'chromium'], { DEBIAN_FRONTEND: 'noninteractive' })
    const packaged = find()
    if (packaged !== undefined) return packaged
  }
  console.error(
    'The browser tests need Chromium or Chrome, and none could be installed here. Install one and put it on PATH, ' +
      'or set ROWSIGNAL_CHROMIUM to the path of its executable.',
  )
  process.exit(1)
}

const require = createRequire(join(root, 'tests/package.json'))

/** @returns {string | undefined} */
function find() {
  const path = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.ROWSIGNAL_CHROMIUM,
    ...names.flatMap((name) => path.map((folder) => join(folder, name))),
    require('playwright-core').chromium.executablePath(),
  ]
  return candidates.find((file) => file !== undefined && existsSync(file) && starts(file))
}

/**
 * A browser may be there and lack a library.
 * @param {string} file
 */
function starts(file) {
  return spawnSync(file, ['--version', '--no-sandbox'], { timeout: 30_000 }).status === 0
}
