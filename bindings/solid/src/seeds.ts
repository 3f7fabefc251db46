import type { Seeds } from '@rowsignal/core'
import { createComponent, createContext, type JSX, useContext } from 'solid-js'

const SeedsContext = createContext<readonly Seeds[]>([])

/**
 * Gives rows to the hooks of the components below, to show until SQLite has been read.
 *
 * Beside those that were given above; of two for the same rows the nearest counts.
 *
 * @example
 * <SeedProvider seeds={[seed(todos, page().todos)]}><List /></SeedProvider>
 */
export function SeedProvider(props: {
  readonly seeds: readonly Seeds[]
  readonly children?: JSX.Element
}): JSX.Element {
  return createComponent(SeedsContext.Provider, {
    value: [...props.seeds, ...useSeeds()],
    get children() {
      return props.children
    },
  })
}

/** What was given to the component that is being made. */
export function useSeeds(): readonly Seeds[] {
  return useContext(SeedsContext)
}
