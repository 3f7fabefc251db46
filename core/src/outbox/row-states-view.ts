/**
 * The states of a collection's rows in a framework: one subscription for all components, and a cell for each row that was
 * asked for, so that a long list costs no subscription a row, and a change runs what has read that row.
 */
import type { AnyCollection } from '../libraries/tanstack.ts'
import type { Followable, Host } from '../readable/framework.ts'
import { perObject } from '../readable/per-object.ts'
import { enqueue, type Stop } from '../readable/readable.ts'
import { whileUsed } from '../readable/while-used.ts'
import {
  type CollectionStates,
  type OutboxCollection,
  type RowState,
  statesOf,
} from './row-states.ts'

/** What `useRowStates` gives: tracked by the framework, each row by itself. */
export interface RowStatesView {
  /** The state of any row. */
  get(key: string): RowState
  /** How many rows have a state other than `acknowledged`. */
  readonly size: number
}

class TrackedStates<Cell> implements Followable, RowStatesView {
  readonly #states: CollectionStates
  readonly #host: Host<Cell>
  readonly #cells = new Map<string, Cell>()
  readonly #sizeCell: Cell
  readonly #changed = new Set<string>()
  readonly acquire: () => Stop = whileUsed(() => {
    const stop = this.#states.listenKeys((keys) => {
      for (const key of keys) this.#changed.add(key)
      enqueue(this.#trigger)
    })
    return () => {
      stop()
      this.#cells.clear() // nobody is left who would be told by them
    }
  })

  constructor(states: CollectionStates, host: Host<Cell>) {
    this.#states = states
    this.#host = host
    this.#sizeCell = host.cell()
  }

  get(key: string): RowState {
    if (this.#host.server) return this.#states.stateOf(key)
    let cell = this.#cells.get(key)
    if (cell === undefined) this.#cells.set(key, (cell = this.#host.cell()))
    return this.#host.track(cell, this.#states.stateOf(key))
  }

  get size(): number {
    return this.#host.track(this.#sizeCell, this.#states.view.size)
  }

  readonly #trigger = (): void => {
    for (const key of this.#changed) {
      const cell = this.#cells.get(key)
      if (cell !== undefined) this.#host.trigger(cell)
    }
    this.#changed.clear()
    this.#host.trigger(this.#sizeCell)
  }
}

const trackedPerHost = perObject((host: Host<unknown>) =>
  perObject((collection: AnyCollection) => new TrackedStates(statesOf(collection), host)),
)

/** The states of the rows of a collection, by what is asked for now. */
export function createRowStates(
  host: Host<unknown>,
  collection: () => OutboxCollection,
): RowStatesView {
  const followed = host.follow(host.keep(() => trackedPerHost(host)(collection())))
  return {
    get: (key) => followed()!.get(key),
    get size() {
      return followed()!.size
    },
  }
}
