/**
 * Locks that the browser has forgotten: somebody waits, and nobody has it. So it was in Chromium 156 when a worker had been ended
 * that had it, with a page that went into the back/forward cache, just before another tab asked. Nobody is given that lock then,
 * however long they wait; nor is it free for one who would not wait.
 *
 * A request that is taken back has the browser look at who waits for a lock, and go on.
 */
import type { Stop } from '../readable/readable.ts'
import { tabLocks } from './dead-workers.ts'

/** How often the locks are looked at, in ms: a browser tells of none that it has forgotten. */
const lookMs = 500

/** Has the browser go on with each lock that is found forgotten in two looks, of whomever it is, until it is stopped. */
export function mendForgottenLocks(): Stop {
  const locks = tabLocks()
  if (locks === undefined) return () => undefined
  let before: ReadonlySet<string> = new Set()
  const look = async (): Promise<void> => {
    const now = forgottenIn(await locks.query())
    for (const name of now) if (before.has(name)) void askInVain(locks, name)
    before = now
  }
  const timer = setInterval(() => void look().catch(() => undefined), lookMs) // the page may be being left
  return () => clearInterval(timer)
}

function forgottenIn({ held, pending }: LockManagerSnapshot): ReadonlySet<string> {
  const had = new Set(held?.map(({ name }) => name))
  const waitedFor = pending?.map(({ name = '' }) => name) ?? []
  return new Set(waitedFor.filter((name) => !had.has(name)))
}

async function askInVain(locks: LockManager, name: string): Promise<void> {
  const over = new AbortController()
  const asked = locks.request(name, { signal: over.signal }, () => undefined)
  await locks.query().catch(() => undefined) // a browser serves in order what a page asks of its locks: it is asked now
  over.abort()
  await asked.catch(() => undefined) // or it was given
}
