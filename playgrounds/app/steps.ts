/**
 * How far a change has come, told by each planner to the page that shows the three: the strip above them is made of it.
 */
import { rowStates, type RowState } from '@rowsignal/core'
import type { Planner } from './planner.ts'
import type { Framework } from './session.ts'

/**
 * - `written`: the planner has called `insert`, `update` or `delete`;
 * - `shown`: a frame later;
 * - `queued`, `uploaded`, `acknowledged`, `refused`: the states of the row;
 * - `seen`: somebody else's change is in this planner's collection.
 */
export type StepName = 'written' | 'shown' | 'seen' | Exclude<RowState, 'pending' | 'local'>

export interface Step {
  readonly line: Framework
  readonly row: string
  readonly name: StepName
  /** In ms, on one clock for all pages. */
  readonly at: number
}

/** The channel on which the planners of one user tell of their steps. */
export function stepChannel(user: string): BroadcastChannel {
  return new BroadcastChannel(`trips:steps:${user}`)
}

/** Tells of the changes of trips and stops from now on; of a change of many rows, those of the last one. */
export function tellSteps({ framework, user, trips, stops }: Planner): void {
  const channel = stepChannel(user)
  const tell: Tell = (row, name, at = now()) =>
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel, not a window
    channel.postMessage({ line: framework, row, name, at } satisfies Step)
  tellStepsOf(trips, tell)
  tellStepsOf(stops, tell)
}

type Tell = (row: string, name: StepName, at?: number) => void

function tellStepsOf(collection: Parameters<typeof rowStates>[0], tell: Tell): void {
  const states = rowStates(collection)
  let followed: { row: string; state: RowState } | undefined

  states.listen(() => {
    if (followed === undefined) return
    const { row } = followed
    const state = states.get().get(row)
    if (state === followed.state) return
    followed = state === 'acknowledged' ? undefined : { row, state }
    if (state !== 'pending' && state !== 'local') tell(row, state)
  })
  collection.subscribeChanges((changes) => {
    const at = now()
    const row = String(changes.at(-1)?.key)
    // The state of an own write is known when the write has been begun.
    queueMicrotask(() => {
      const state = states.get().get(row)
      if (state !== 'pending') return tell(row, 'seen', at)
      followed = { row, state }
      tell(row, 'written', at)
      requestAnimationFrame(() => tell(row, 'shown'))
    })
  })
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
