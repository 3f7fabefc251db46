/** Uploads that break, between the answer of the backend and the end of the queue and everywhere else. */
import { describe, expect, test } from 'vitest'
import type { Fault } from '../support/faulty-adapter.ts'
import { copyFiles, type StoredFiles } from '../support/stored-files.ts'
import { UploadServer } from '../support/upload-server.ts'
import { report } from './points.ts'
import { settle } from './world.ts'
import {
  expectSettled,
  openUploads,
  scenarios,
  upload,
  type Uploads,
  type UploadScenario,
  write,
} from './upload-world.ts'

/** Runs a scenario once for each call that it makes, with a fault at that call; returns how many there are. */
async function atEachCall(
  scenario: UploadScenario,
  fault: Fault,
  check: (broken: { world: Uploads; files: StoredFiles; server: UploadServer }) => Promise<void>,
): Promise<number> {
  for (let at = 1; ; at++) {
    const server = new UploadServer()
    server.answer = scenario.answers()
    await server.start()
    const world = await openUploads()
    const { adapter } = world
    try {
      await write(world)
      let { files } = world
      adapter.arm({ fault, at, onFault: () => (files = copyFiles(world.files)) })
      await Promise.race([upload(world, server), adapter.died])
      await settle(world)
      const { failed } = adapter
      adapter.disarm()
      if (!failed) {
        await expectSettled(world, server)
        report(`${scenario.name}: ${at - 1} calls, each ${fault} once`)
        return at - 1
      }
      await check({ world, files, server })
    } catch (error) {
      throw new Error(`${fault} at call ${at}: ${adapter.calls.join(', ')}`, { cause: error })
    } finally {
      await world.database.close()
      await server.stop()
    }
  }
}

describe.each(scenarios)('$name', (scenario) => {
  test.each(['refused', 'answer lost'] as const)(
    'every write ends in one place, whichever call is %s',
    async (fault) => {
      const calls = await atEachCall(scenario, fault, ({ world, server }) =>
        expectSettled(world, server),
      )
      expect(calls).toBeGreaterThanOrEqual(scenario.calls)
    },
  )

  test.each(['unanswered', 'done and unanswered'] as const)(
    'every write ends in one place after a restart, whichever call is the last and %s',
    async (fault) => {
      const calls = await atEachCall(scenario, fault, async ({ world, files, server }) => {
        await world.database.close()
        const next = await openUploads(files)
        try {
          const twice =
            'SELECT ps_crud.id FROM ps_crud JOIN rowsignal_refused ON ps_crud.id = operation_id'
          expect(await next.database.getAll(twice)).toEqual([])
          await upload(next, server)
          await expectSettled(next, server)
        } finally {
          await next.database.close()
        }
      })
      expect(calls).toBeGreaterThanOrEqual(scenario.calls)
    },
  )
})
