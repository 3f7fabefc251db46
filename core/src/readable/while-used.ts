import type { Stop } from './readable.ts'

/**
 * Starts something with its first user and stops it with the last.
 *
 * @returns To be called by each user; returns how to leave. What can't start leaves no user behind.
 */
export function whileUsed(start: () => Stop): () => Stop {
  let users = 0
  let stop: Stop | undefined
  return () => {
    if (users === 0) stop = start()
    users++
    let isUsing = true
    return () => {
      if (!isUsing) return
      isUsing = false
      if (--users === 0) stop?.()
    }
  }
}
