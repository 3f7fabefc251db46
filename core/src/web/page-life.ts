/** When a page stops for a while, and goes on: the back/forward cache, and a browser that freezes a hidden tab. */
import type { Stop } from '../readable/readable.ts'

export function onPageLife({ leave, comeBack }: { leave: Stop; comeBack: Stop }): Stop {
  const over = new AbortController()
  const { signal } = over
  addEventListener('pagehide', leave, { signal })
  addEventListener('pageshow', ({ persisted }) => persisted && comeBack(), { signal })
  document.addEventListener('freeze', leave, { signal })
  document.addEventListener('resume', comeBack, { signal })
  return () => over.abort()
}
