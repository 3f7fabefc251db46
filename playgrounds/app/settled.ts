/** What a planner in a frame tells the page around it: that it has what the server has, or is offline and can't get it. */
import type { Planner } from './planner.ts'

const word = 'settled'

export async function tellSettled({ database, offline }: Planner): Promise<void> {
  if (!offline.get()) await database.waitForFirstSync()
  window.parent.postMessage(word, location.origin)
}

/** Resolves when a planner has told that, and after `patienceMs` in any case: it may be held up, and others need not be. */
export function settled(patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    addEventListener('message', ({ data }) => {
      if (data === word) resolve()
    })
    setTimeout(resolve, patienceMs)
  })
}
