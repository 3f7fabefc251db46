// @ts-check
/**
 * `npm test`: from a fresh clone to the tests that guard a commit. `npm run test:full`: to all of them.
 * `npm test -- capture`: only the tests of a room of core, or of the files whose path has the word in it, on the newest
 * @tanstack/db, without a build, a browser and the static checks.
 *
 * Ends with what failed, a table of the projects and one line, `N passed, N failed, N skipped`, over all runs.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { chromium, findOrInstall, firefox } from './browser.mjs'
import { coreProjects, runs, sourceProjects } from './runs.mjs'
import { build, install, root, startPnpm } from './setup.mjs'

const output = `${root}/tests/.output`
const words = process.argv.slice(2).filter((word) => word !== '--full')
const isFull = process.argv.includes('--full')

/** @type {import('./test-reporter.mjs').ProjectCounts[]} */
const counted = []

install()
if (words.length > 0) await runWords()
else await runAll()

printFailures()
printTable()
const total = { passed: 0, failed: 0, skipped: 0 }
for (const { passed, failed, skipped } of counted) {
  total.passed += passed
  total.failed += failed
  total.skipped += skipped
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1)

async function runWords() {
  const areRooms = words.every((word) => existsSync(`${root}/tests/core/${word}/`))
  const name = words.join(' ')
  if (areRooms) {
    const files = words.map((word) => `core/${word}/`)
    await vitest({ name, projects: coreProjects }, { files })
  } else await vitest({ name, projects: sourceProjects }, { files: words })
}

async function runAll() {
  rmSync(output, { recursive: true, force: true })
  build()
  const env = {
    ...findOrInstall(chromium),
    ...(isFull && { ROWSIGNAL_FULL: '1', ...findOrInstall(firefox) }),
  }
  const [node, ...inBrowser] = runs.map(({ name, projects, full }) => ({
    name,
    projects: isFull ? [...projects, ...full] : projects,
  }))
  if (node !== undefined) await vitest(node, { env })
  // A browser leaves about one core free. What they print comes after what the browser runs print.
  const checks = startPnpm(['run', 'check:static'], { keeps: true })
  for (const run of inBrowser) await vitest(run, { env })
  const { succeeded, printed, seconds } = await checks
  process.stdout.write(printed)
  const [passed, failed] = succeeded ? [1, 0] : [0, 1]
  const failures = succeeded ? [] : ['static checks']
  counted.push({ project: 'static checks', passed, failed, skipped: 0, seconds, failures })
}

/**
 * Runs vitest and adds what it counted.
 * @param {{ name: string, projects: readonly string[] }} run
 * @param {{ files?: readonly string[], env?: Record<string, string> }} options `files`: what the paths of the files have
 *   in them; default: all files
 */
async function vitest({ name, projects }, { files = [], env = {} }) {
  const report = `${output}/report.json`
  mkdirSync(output, { recursive: true })
  rmSync(report, { force: true })
  const { succeeded } = await startPnpm(
    [
      'exec',
      'vitest',
      'run',
      '--root',
      'tests',
      ...projects.flatMap((project) => ['--project', project]),
      '--reporter=default',
      `--reporter=${root}/scripts/test-reporter.mjs`,
      ...files,
    ],
    { env: { ROWSIGNAL_REPORT: report, ...env } },
  )
  /** @type {import('./test-reporter.mjs').ProjectCounts[]} */
  const told = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : []
  counted.push(...told)
  // A file that can't be loaded, or an error outside of a test, counts no test.
  if (!succeeded && told.every(({ failed }) => failed === 0))
    counted.push({
      project: `${name}, outside of tests`,
      passed: 0,
      failed: 1,
      skipped: 0,
      seconds: 0,
      failures: [`${name}: a file that can't be loaded, or an error outside of a test; see above`],
    })
}

/** What failed may be thousands of lines up. */
function printFailures() {
  for (const failure of counted.flatMap(({ failures }) => failures))
    console.log(`\nfailed: ${failure}`)
}

/** Of each project: its tests, and the seconds that its files took together, which several at a time need less for. */
function printTable() {
  const width = Math.max(0, ...counted.map(({ project }) => project.length))
  console.log(`\n${'project'.padEnd(width)}  tests  seconds`)
  for (const { project, passed, failed, skipped, seconds } of counted) {
    const tests = String(passed + failed + skipped).padStart(5)
    console.log(`${project.padEnd(width)}  ${tests}  ${seconds.toFixed(0).padStart(7)}`)
  }
}
