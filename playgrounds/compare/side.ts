/** What each framework's page gives: the same list by two packages. */
import type { Places } from './places.ts'

export interface Side {
  /** Of the package. */
  readonly name: string
  readonly version: string
  readonly mount: (target: HTMLElement, places: Places) => MountedList
}

export interface MountedList {
  /** What the name of a place must begin with. */
  readonly setText: (text: string) => void
  readonly unmount: () => void
}

export interface Comparison {
  readonly framework: 'Vue' | 'Solid' | 'Svelte'
  readonly official: Side
  readonly ours: Side
}

let runs = 0

/** How often a template of a row has run since the page was loaded. */
export const templateRuns = (): number => runs

/** Stands in the template of a row, around the value that the buttons change. */
export function counted<Value>(value: Value): Value {
  runs++
  return value
}
