// @ts-check
/**
 * Writes, for each project of a run, how many tests it has, how long they took and which failed, to the file
 * `ROWSIGNAL_REPORT`.
 */
import { writeFileSync } from 'node:fs'

/**
 * @typedef {object} ProjectCounts
 * @property {string} project
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds what its files took together, their imports included
 * @property {string[]} failures the file, the test and the beginning of what it says, of each that failed
 */

/** So much of an error tells which it is; the whole of it is further up. */
const shownLines = 12

// oxlint-disable-next-line import/no-default-export -- as vitest takes a reporter
export default class TestReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    /** @type {Map<string, ProjectCounts>} */
    const projects = new Map()
    for (const module of modules) {
      const { name } = module.project
      // A type checker is one process for all files of the project, which vitest's types leave out.
      const { typechecker } = /** @type {{ typechecker?: { getResult(): { time: number } } }} */ (
        module.project
      )
      const seconds = (typechecker?.getResult().time ?? 0) / 1000
      const counts = projects.get(name) ?? {
        project: name,
        passed: 0,
        failed: 0,
        skipped: 0,
        seconds,
        failures: [],
      }
      projects.set(name, counts)
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result()
        // One that has not run to its end proves nothing.
        const counted = state === 'pending' ? 'failed' : state
        counts[counted]++
        if (counted === 'failed') {
          const file = module.relativeModuleId
          const said = errors?.map(({ stack, message }) => stack ?? message).join('\n')
          const lines = (said ?? 'has not run to its end').split('\n')
          const shown = lines.filter((line) => !line.includes('node_modules')).slice(0, shownLines)
          counts.failures.push(`${name}  ${file}: ${test.fullName}\n    ${shown.join('\n    ')}`)
        }
      }
      const { collectDuration, setupDuration, duration } = module.diagnostic()
      counts.seconds += (collectDuration + setupDuration + duration) / 1000
    }
    writeFileSync(process.env.ROWSIGNAL_REPORT ?? '', JSON.stringify([...projects.values()]))
  }
}
