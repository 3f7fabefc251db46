// @ts-check
/** `npm test`: from a fresh clone to all tests. Ends with one line, `N passed, N failed, N skipped`, over all runs. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { findOrInstallBrowser } from './browser.mjs'
import { build, install, pnpm, root } from './setup.mjs'

const output = `${root}/tests/.output`

install()
build()
const browser = findOrInstallBrowser()
rmSync(output, { recursive: true, force: true })
mkdirSync(output, { recursive: true })

const total = { passed: 0, failed: 0, skipped: 0 }
// Three runs: what runs in a browser wants the machine for itself.
vitest('node', ['--project', '!browser*'])
vitest('bindings', ['--project', 'browser-bindings*'])
vitest('browser', ['--project', 'browser'])
if (!pnpm(['run', 'check:static'])) total.failed++
else total.passed++

console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)

/**
 * Runs vitest and adds what it counted.
 * @param {string} name
 * @param {string[]} args
 */
function vitest(name, args) {
  const report = `${output}/${name}.json`
  const succeeded = pnpm(
    [
      'exec',
      'vitest',
      'run',
      '--root',
      'tests',
      ...args,
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${report}`,
    ],
    { ROWSIGNAL_CHROMIUM: browser },
  )
  if (!existsSync(report)) {
    total.failed++
    return
  }
  const counted = JSON.parse(readFileSync(report, 'utf8'))
  total.passed += counted.numPassedTests
  total.failed += counted.numFailedTests
  total.skipped += counted.numPendingTests + counted.numTodoTests
  // A suite that can't be loaded, or an error outside of a test, counts no test.
  if (!succeeded && counted.numFailedTests === 0) total.failed++
}
