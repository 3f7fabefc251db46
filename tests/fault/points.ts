/** Runs a scenario once for each call that it makes, with a fault at that call. */
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

/**
 * @param check Looks at what a fault has left.
 * @returns The number of calls.
 */
export async function atEachCall(
  scenario: Scenario,
  { fault, ...options }: Injected,
  check: (failed: Failed) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    const world = await openWorld(options)
    const { adapter, database } = world
    try {
      await prepare(scenario, world)
      let { files } = world
      const onFault = (): void => {
        files = copyFiles(world.files)
      }
      adapter.arm({ fault, at, onFault, after: scenario.after })
      await Promise.race([scenario.run(world), adapter.died])
      await settle(world)
      if (!adapter.failed) {
        report(`${scenario.name}: ${at - 1} calls, each ${fault} once`)
        return at - 1
      }
      adapter.disarm()
      await check({ world, files })
    } catch (error) {
      throw new Error(`${fault} at call ${at}: ${adapter.calls.join(', ')}`, { cause: error })
    } finally {
      await database.close()
    }
  }
}

/** A line of the test's output. */
export function report(line: string): void {
  process.stdout.write(`${line}\n`)
}
