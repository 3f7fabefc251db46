/**
 * The faults that the backend makes for this user when asked: it keeps them, so they are the same in every page.
 */
import type { Readable } from '@rowsignal/core'
import type { Api, FaultState } from './api.ts'
import { createChanging } from './changing.ts'

/** How long the slow server thinks about each request. */
export const slowServerMs = 2000

export interface Faults extends Readable<FaultState> {
  readonly set: (change: Partial<FaultState>) => void
  /** Asks the backend again, after something else may have changed them. */
  readonly refresh: () => void
}

export function createFaults(api: Api): Faults {
  let state: FaultState = { delayMs: 0, refuseNext: false }

  const ask = async (change?: Partial<FaultState>): Promise<void> => {
    try {
      state = await api.faults(change)
    } catch {
      // The backend is away: the switches keep showing what it last said.
    }
    tellChanged()
  }
  const refresh = (): void => void ask()

  const { readable, tellChanged } = createChanging(
    () => state,
    (_, signal) => {
      addEventListener('focus', refresh, { signal }) // a neighbouring page may have set them
      refresh()
    },
  )
  return { ...readable, set: (change) => void ask(change), refresh }
}
