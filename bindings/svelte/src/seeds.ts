import type { Seeds } from '@rowsignal/core'
import { getContext, setContext } from 'svelte'

const seedsKey = Symbol('rowsignal.seeds')

/**
 * Gives rows to the hooks of this component, from here on, and to those below it, to show until SQLite has been read; call it
 * while a component is made.
 *
 * Beside those that were given above; of two for the same rows the nearest counts. What is made in a module shows none.
 *
 * @example
 * const { data } = $props()
 * provideSeeds([seed(todos, data.todos)])
 */
export function provideSeeds(seeds: readonly Seeds[]): void {
  setContext(seedsKey, [...seeds, ...useSeeds()])
}

/** What was given to the component that is being made; nothing in a module. */
export function useSeeds(): readonly Seeds[] {
  try {
    return getContext<readonly Seeds[] | undefined>(seedsKey) ?? []
  } catch {
    return [] // no component is being made
  }
}
