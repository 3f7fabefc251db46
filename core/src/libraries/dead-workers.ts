/**
 * Workers of @powersync/web (2.4.0) that have died: of a worker that tabs share the first tab is the host, and a crash of that
 * tab leaves the others with one that answers nobody, without an error.
 *
 * For each worker that a tab talks to it holds a lock named `tab-close-signal-<uuid>`, for which the worker waits, to learn that
 * the tab is gone. So the other way round: a lock of ours for which somebody has waited, and nobody waits any more, is one
 * whose worker is gone. That is no guess by the time that an answer takes: a worker that is slow still waits.
 */
import type { Stop } from '../readable/readable.ts'

const signal = 'tab-close-signal-'

/** How often the locks are looked at, in ms: a browser tells of no lock that is not waited for. */
const lookMs = 500
/** Until the second look at a lock that nobody waits for, in ms: a worker that is closed goes before its lock does. */
const doubtMs = 50

/** The locks between tabs. Missing outside of browsers and on insecure pages; happy-dom says null. */
export function tabLocks(): LockManager | undefined {
  return (globalThis.navigator as Partial<Navigator> | undefined)?.locks ?? undefined
}

/** Calls `listener` each time that workers this tab talks to have died. */
export function onDeadWorker(listener: () => void): Stop {
  const locks = tabLocks()
  if (locks === undefined) return () => undefined
  const watch = new Watch(locks, listener)
  return () => watch.stop()
}

class Watch {
  readonly #locks: LockManager
  readonly #listener: () => void
  /** Names of our locks that a worker has been seen to wait for. */
  #waitedFor = new Set<string>()
  /** Of these, those that nobody has waited for at the last look. */
  #doubtful = new Set<string>()
  readonly #told = new Set<string>()
  #client: string | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #stopped = false

  constructor(locks: LockManager, listener: () => void) {
    this.#locks = locks
    this.#listener = listener
    void this.#look()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #look(): Promise<void> {
    try {
      this.#client ??= await clientOf(this.#locks)
      this.#compare(await this.#locks.query())
    } catch {
      // The page is being left: nobody is to be told.
    }
    if (this.#stopped) return
    const pause = this.#doubtful.size > 0 ? doubtMs : lookMs
    this.#timer = setTimeout(() => void this.#look(), pause)
    const timer = this.#timer as { unref?: () => void }
    timer.unref?.() // it is to keep no process of Node alive
  }

  #compare({ held = [], pending = [] }: LockManagerSnapshot): void {
    if (this.#stopped) return
    const ours = held.flatMap(({ clientId, name = '' }) =>
      clientId === this.#client && name.startsWith(signal) ? [name] : [],
    )
    const waiting = new Set(pending.map(({ name }) => name))
    const known = new Set(ours.filter((name) => waiting.has(name) || this.#waitedFor.has(name)))
    const silent = [...known].filter((name) => !waiting.has(name) && !this.#told.has(name))
    const dead = silent.filter((name) => this.#doubtful.has(name))
    this.#waitedFor = known
    this.#doubtful = new Set(silent.filter((name) => !dead.includes(name)))
    for (const name of dead) this.#told.add(name)
    if (dead.length > 0) this.#listener()
  }
}

/** By which id the locks of this tab are told. */
async function clientOf(locks: LockManager): Promise<string | undefined> {
  const mark = `rowsignal_client_${crypto.randomUUID()}`
  return locks.request(mark, async () => {
    const { held } = await locks.query()
    return held?.find(({ name }) => name === mark)?.clientId
  })
}
