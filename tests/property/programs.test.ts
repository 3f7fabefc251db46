/**
 * Random programs: see program.ts for what they are made of, and settle.ts for what is asked of them.
 *
 * The seed is the same in every run, so that what is red was made red by a change; `npm run fuzz` looks for more.
 */
import * as fc from 'fast-check'
import { expect, onTestFinished, test, vi } from 'vitest'
import { programs, stepKinds, type Step, type StepKind } from './program.ts'
import { failureOf, leastOfEachKind, progressOf, runOptions, tableOfCounts } from './run.ts'
import { finish } from './settle.ts'
import { runStep } from './steps.ts'
import { World } from './world.ts'

const { minutes, timeoutMs, ...parameters } = runOptions()

test(
  'random programs end in step with SQLite and never show what was not',
  { timeout: timeoutMs },
  async () => {
    // The SDK and TanStack DB tell of what the programs do to them on purpose.
    for (const level of ['warn', 'error'] as const) {
      const spy = vi.spyOn(console, level).mockImplementation(() => {})
      onTestFinished(() => spy.mockRestore())
    }
    onTestFinished(() => void vi.unstubAllGlobals())
    const counts = new Map(stepKinds.map((kind) => [kind, 0]))
    const progress = progressOf(counts)
    const property = fc.asyncProperty(programs, async (program) => {
      await run(program, (kind) => counts.set(kind, (counts.get(kind) ?? 0) + 1))
      progress()
    })

    const details = await fc.check(property, parameters)

    if (details.failed) throw failureOf(details)
    process.stdout.write(tableOfCounts(details.numRuns, counts))
    if (minutes !== undefined) return
    for (const [kind, count] of counts) expect(count, kind).toBeGreaterThanOrEqual(leastOfEachKind)
  },
)

async function run(program: readonly Step[], made: (kind: StepKind) => void): Promise<void> {
  const world = await World.open()
  vi.stubGlobal('reportError', (error: unknown) => world.noteReported(error))
  try {
    for (const step of program) {
      const done = runStep(world, step)
      if (done !== undefined) await done
      made(step.kind)
    }
    await finish(world)
  } finally {
    await world.end()
  }
}
