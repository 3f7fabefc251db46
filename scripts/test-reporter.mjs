// @ts-check
/** Writes, for each project of a run, how many tests it has and how long they took, to the file `ROWSIGNAL_REPORT`. */
import { writeFileSync } from 'node:fs'

/**
 * @typedef {object} ProjectCounts
 * @property {string} project
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {number} seconds what its files took together, their imports included
 */

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
      }
      projects.set(name, counts)
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        // One that has not run to its end proves nothing.
        counts[state === 'pending' ? 'failed' : state]++
      }
      const { collectDuration, setupDuration, duration } = module.diagnostic()
      counts.seconds += (collectDuration + setupDuration + duration) / 1000
    }
    writeFileSync(process.env.ROWSIGNAL_REPORT ?? '', JSON.stringify([...projects.values()]))
  }
}
