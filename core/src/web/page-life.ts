/** When a page stops for a while, and goes on: the back/forward cache, and a browser that freezes a hidden tab. */
import type { Stop } from '../readable/readable.ts'

export interface PageLife {
  /** The page is left for good, and gone in a moment: whatever takes time keeps others from their last words. */
  readonly leave: Stop
  /** It stands still from now on, for a while: frozen, or in the back/forward cache, where the browser may be able to keep it. */
  readonly freeze: Stop
  readonly comeBack: Stop
}

export function onPageLife({ leave, freeze, comeBack }: PageLife): Stop {
  const over = new AbortController()
  const { signal } = over
  addEventListener('pagehide', ({ persisted }) => (persisted ? freeze() : leave()), { signal })
  addEventListener('pageshow', ({ persisted }) => persisted && comeBack(), { signal })
  document.addEventListener('freeze', freeze, { signal })
  document.addEventListener('resume', comeBack, { signal })
  return () => over.abort()
}
