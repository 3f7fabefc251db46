import type { Seeds } from '@rowsignal/core'
import { hasInjectionContext, type InjectionKey } from 'vue'
import { createProvided } from './provided.ts'

const provided = createProvided<readonly Seeds[]>('rowsignal.seeds')

/**
 * Gives rows to the hooks of this component, from here on, and to those below it, to show until SQLite has been read.
 *
 * Beside those that were given above; of two for the same rows the nearest counts. `createRowsignal` gives some to the whole app.
 *
 * @example
 * const { data } = await useAsyncData('todos', () => $fetch('/api/todos'))
 * provideSeeds([seed(todos, data.value ?? [])])
 */
export function provideSeeds(seeds: readonly Seeds[]): void {
  provided.give([...seeds, ...useSeeds()])
}

/** What was given to the component that is being made. */
export function useSeeds(): readonly Seeds[] {
  return (hasInjectionContext() ? provided.find() : undefined) ?? []
}

/** For a whole app. */
export const seedsKey: InjectionKey<readonly Seeds[]> = provided.key
