/** Runs a scenario once for each call that it makes, with a fault at that call. */
import { Readable } from 'node:stream'
import type { Fault } from '../support/faulty-adapter.ts'
import { copyFiles, type StoredFiles } from '../support/stored-files.ts'
import { prepare, type Scenario } from './scenarios.ts'
import { openWorld, settle, type World } from './world.ts'

export interface Failed {
  readonly world: World
  /** The files as they were when the call failed. */
  readonly files: StoredFiles
}

export interface Injected {
  readonly fault: Fault
  readonly storesTriggers?: boolean
}

/** Most of the time is waited, above all for a close whose calls nobody answers. */
const checksAtOnce = 8

/**
 * @param check Looks at what a fault has left, while the next call fails.
 * @returns The number of calls.
 */
export async function atEachCall(
  scenario: Scenario,
  injected: Injected,
  check: (failed: Failed) => Promise<void>,
): Promise<number> {
  let calls = 0
  const failures = Readable.from(failEachCall(scenario, injected), { highWaterMark: 1 })
  const checkAndClose = async (failed: Failed): Promise<void> => {
    const at = ++calls
    const { adapter, database } = failed.world
    try {
      await check(failed)
    } catch (error) {
      const trail = `${injected.fault} at call ${at}: ${adapter.calls.join(', ')}`
      throw new Error(trail, { cause: error })
    } finally {
      await database.close()
    }
  }
  await failures.forEach(checkAndClose, { concurrency: checksAtOnce })
  report(`${scenario.name}: ${calls} calls, each ${injected.fault} once`)
  return calls
}

/** A world for each call, in which that call has failed. */
async function* failEachCall(
  scenario: Scenario,
  { fault, ...options }: Injected,
): AsyncGenerator<Failed> {
  for (let at = 1; ; at++) {
    const world = await openWorld(options)
    const { adapter } = world
    await prepare(scenario, world)
    let { files } = world
    const onFault = (): void => {
      files = copyFiles(world.files)
    }
    adapter.arm({ fault, at, onFault, after: scenario.after })
    await Promise.race([scenario.run(world), adapter.died])
    await settle(world)
    if (!adapter.failed) return world.database.close()
    adapter.disarm()
    yield { world, files }
  }
}

/** A line of the test's output. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`)
}
