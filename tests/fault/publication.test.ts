import { createLiveQueryCollection, eq } from '@tanstack/db'
import { expect, onTestFinished, test, vi } from 'vitest'
import { report } from './points.ts'
import { prepare, type Scenario, scenarios } from './scenarios.ts'
import { expectAlive, expectWhole, openWorld, outcomeOf, settle, type World } from './world.ts'

const told = { includeInitialState: false }

/** Subscribers of both collections and of a join over them, the n-th call of which throws. */
async function subscribe({ lists, todos }: World, at: number) {
  const counter = { isOn: false, calls: 0 }
  const listen = (changes: readonly unknown[]): void => {
    if (!counter.isOn || changes.length === 0) return
    counter.calls++
    if (counter.calls === at) throw new Error('subscriber')
  }
  const join = createLiveQueryCollection((q) =>
    q
      .from({ todo: todos })
      .leftJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id)),
  )
  lists.subscribeChanges(listen, told)
  todos.subscribeChanges(listen, told)
  join.subscribeChanges(listen, told)
  return { counter, join }
}

/** Runs a scenario with a subscriber that throws in its n-th call; returns whether there was such a call. */
async function throwAt(scenario: Scenario, at: number): Promise<boolean> {
  const world = await openWorld()
  try {
    await prepare(scenario, world)
    const { counter, join } = await subscribe(world, at)
    const run = scenario.run(world)
    counter.isOn = true // what is thrown at an optimistic change reaches the caller of the write
    await run
    const outcomes = await Promise.all(world.writes.map(outcomeOf))
    await settle(world)
    await join.cleanup()
    if (counter.calls < at) return false
    expect(outcomes.every((outcome) => outcome === 'resolved')).toBe(true)
    await expectWhole(world, world.writes, outcomes)
    await expectAlive(world)
    return true
  } finally {
    await world.database.close()
  }
}

const others = new Set([
  'clean-up and restart', // a live query does not outlive the clean-up of what it reads
  'demand in chunks', // it brings nothing that these subscribers are told of
  // What throws is a subscriber of a live query, and TanStack DB (0.9.2, 0.15.2) runs none of the live queries after that one
  // until their next change: docs/reading.md.
  'large commit with demands',
])
const published = scenarios.filter(({ name }) => !others.has(name))

test.each(published)(
  '$name: rows arrive and others are told, whichever call of a subscriber throws',
  async (scenario) => {
    vi.stubGlobal('reportError', () => undefined)
    onTestFinished(() => void vi.unstubAllGlobals())
    let at = 1
    while (await throwAt(scenario, at)) at++
    report(`${scenario.name}: ${at - 1} calls of subscribers, each thrown in once`)
    expect(at).toBeGreaterThan(1)
  },
)
