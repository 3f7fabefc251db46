/** What is not to hold up what a page shows first. */
import type { Stop } from './readable.ts'

/** How long a frame is waited for: none comes while the page is hidden, or far too busy. In ms. */
const patienceMs = 100

/** Calls `run` once, when the next frame has been shown, and at once where there are none: on a server, or in a hidden page. */
export function afterFrame(run: () => void): Stop {
  if (typeof document === 'undefined' || document.visibilityState !== 'visible') {
    run()
    return () => undefined
  }
  const stop = (): void => {
    cancelAnimationFrame(frame)
    clearTimeout(shown)
    clearTimeout(late)
  }
  const runOnce = (): void => {
    stop()
    run()
  }
  let shown: ReturnType<typeof setTimeout> | undefined
  const late = setTimeout(runOnce, patienceMs)
  const frame = requestAnimationFrame(() => {
    shown = setTimeout(runOnce) // the frame is shown after what asks for it has run
  })
  return stop
}
