import { describe, expect, test } from 'vitest'
import { atEachCall } from './points.ts'
import { scenarios } from './scenarios.ts'
import { expectAlive, expectWhole, outcomeOf } from './world.ts'

describe.each(scenarios)('$name', (scenario) => {
  test.each(['refused', 'answer lost'] as const)(
    'loses nothing and gets over it, whichever call is %s',
    async (fault) => {
      const calls = await atEachCall(scenario, { fault }, async ({ world }) => {
        const outcomes = await Promise.all(world.writes.map(outcomeOf))
        expect(outcomes).not.toContain('open')
        expect(await Promise.all(world.demands.map(outcomeOf))).not.toContain('open')
        await expectWhole(world, world.writes, outcomes)
        await expectAlive(world)
      })
      expect(calls).toBeGreaterThanOrEqual(scenario.calls)
    },
  )
})
