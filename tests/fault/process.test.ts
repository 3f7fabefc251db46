import { describe, expect, test } from 'vitest'
import { useTabLocks } from '../support/tab-locks.ts'
import { atEachCall } from './points.ts'
import { scenarios } from './scenarios.ts'
import { expectAlive, expectWhole, openWorld, outcomeOf, tables } from './world.ts'

// So that there is something to outlive the process.
const storesTriggers = true

describe.each(scenarios)('$name', (scenario) => {
  test.each(['unanswered', 'done and unanswered'] as const)(
    'hangs nobody after the close, and the file is whole, whichever call is the last and %s',
    async (fault) => {
      useTabLocks()
      const calls = await atEachCall(
        scenario,
        { fault, storesTriggers },
        async ({ world, files }) => {
          await world.database.close()
          const outcomes = await Promise.all(world.writes.map(outcomeOf))
          expect(outcomes).not.toContain('open')
          for (const name of tables) {
            const { status, utils } = world[name]
            if (status !== 'idle' && status !== 'cleaned-up') {
              expect([name, status, utils.error?.code]).toEqual([name, 'error', 'database-closed'])
            }
          }
          const next = await openWorld({ files, storesTriggers })
          try {
            await expectWhole(next, world.writes, outcomes)
            await Promise.all([next.lists.preload(), next.todos.preload()])
            await expectAlive(next) // also that nothing of the dead process is left
          } finally {
            await next.database.close()
          }
        },
      )
      expect(calls).toBeGreaterThanOrEqual(scenario.calls)
    },
  )
})
