// @ts-check
/** Writes, for each project of a run, how many tests it has and how long they took, to the file `ROWSIGNAL_REPORT`. */
import { writeFileSync } from 'node:fs'

/**
 * @typedef {object} ProjectCounts
 * @property {string} project
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds what its files took together, imports and set-up included
 */

export class TestReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    /** @type {Map<string, ProjectCounts>} */
    const projects = new Map()
    for (const module of modules) {
      const { name } = module.project
      const counts = projects.get(name) ?? {
        project: name,
        passed: 0,
        failed: 0,
        skipped: 0,
        seconds: 0,
      }
      projects.set(name, counts)
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        // One that has not run to its end proves nothing.
        counts[state === 'pending' ? 'failed' : state]++
      }
      const times = module.diagnostic()
      counts.seconds +=
        (times.environmentSetupDuration +
          times.prepareDuration +
          times.collectDuration +
          times.setupDuration +
          times.duration) /
        1000
    }
    writeFileSync(process.env.ROWSIGNAL_REPORT ?? '', JSON.stringify([...projects.values()]))
  }
}

// oxlint-disable-next-line import/no-default-export -- vitest takes a reporter in this way only
export default TestReporter
