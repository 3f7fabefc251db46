/** Runs a scenario once for each call that it makes, with a fault at that call. */
import type { Fault } from '../support/faulty-adapter.ts'
import { copyFiles, type StoredFiles } from '../support/stored-files.ts'
import type { Scenario } from './scenarios.ts'
import { fill, openWorld, settle, type World } from './world.ts'

export interface Failed {
  readonly world: World
  /** The files as they were when the call failed. */
  readonly files: StoredFiles
}

/**
 * @param check Looks at what a fault has left.
 * @returns The number of calls.
 */
export async function atEachCall(
  scenario: Scenario,
  fault: Fault,
  check: (failed: Failed) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    const world = await openWorld()
    const { adapter, database } = world
    try {
      await fill(world)
      if (scenario.prepare === undefined) {
        await Promise.all([world.lists.preload(), world.todos.preload()])
      } else {
        await scenario.prepare(world)
      }
      await settle(world)
      let files: StoredFiles = new Map()
      const onFault = (): void => {
        files = copyFiles(world.files)
      }
      adapter.arm({ fault, at, onFault, after: scenario.after })
      await Promise.race([scenario.run(world), adapter.died])
      await settle(world)
      if (!adapter.failed) return at - 1
      adapter.disarm()
      await check({ world, files })
    } catch (error) {
      throw new Error(`${fault} at call ${at}: ${adapter.calls.join(', ')}`, { cause: error })
    } finally {
      await database.close()
    }
  }
}
