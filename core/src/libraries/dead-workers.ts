/**
 * Workers of @powersync/web (2.4.0) that have died: of a worker that tabs share the first tab is the host, and a crash of that
 * tab leaves the others with one that answers nobody, without an error.
 *
 * For each worker that a tab talks to it holds a lock named `tab-close-signal-<uuid>`, for which the worker waits, to learn that
 * the tab is gone. So the other way round: a lock of ours for which a worker has begun to wait, and nobody waits any more, is one
 * whose worker is gone. That is no guess by the time that an answer takes: a worker that is slow still waits.
 *
 * It waits before it answers. So of a worker that we reach for ourselves it is known from its answer on, also if it dies in
 * that moment; of one that the SDK has reached for, once it was seen.
 */
import { perObject } from '../readable/per-object.ts'
import type { Stop } from '../readable/readable.ts'

/** Begins the names of the locks by which a worker learns that a tab is gone. */
export const closeSignal = 'tab-close-signal-'

/** How often the locks are looked at, in ms: a browser tells of no lock that is not waited for. */
const lookMs = 500
/** The same while a worker is being reached, or nobody waits for a lock. */
const soonMs = 50
/** Between two looks that find nobody, before it is believed, in ms: a worker that is closed goes before its lock does. */
const doubtMs = 50
/** For so long a lock that nobody has waited for is one of a worker that the SDK is reaching for, in ms. */
const reachMs = 5_000

/** The locks between tabs. Missing outside of browsers and on insecure pages; happy-dom says null. */
export function tabLocks(): LockManager | undefined {
  return (globalThis.navigator as Partial<Navigator> | undefined)?.locks ?? undefined
}

/** Calls `listener` each time that workers have died for which the SDK has reached by itself. */
export function onDeadWorker(listener: () => void): Stop {
  const locks = tabLocks()
  return locks === undefined ? () => undefined : watchOf(locks).listen(listener)
}

/** Has the locks looked at now: a tab is gone, and with it perhaps a worker. */
export function lookForDeadWorkers(): void {
  const locks = tabLocks()
  if (locks !== undefined) watchOf(locks).lookNow()
}

/**
 * What has become of a worker: `dead`, or that it may have died before it answered, for somebody is gone who may have been its
 * host: then it is to be reached anew, which costs nothing but that.
 */
export type Loss = 'dead' | 'perhaps'

export interface Reached<T> {
  readonly value: T
  /** To be called when the worker has answered. */
  readonly answered: Stop
  readonly stop: Stop
}

/** Calls `reach`, which asks for the lock of a worker before it returns, and `lost` once if that worker dies. */
export function reachWorker<T>(reach: () => T, lost: (loss: Loss) => void): Reached<T> {
  const locks = tabLocks()
  if (locks !== undefined) return watchOf(locks).reach(reach, lost)
  return { value: reach(), answered: () => undefined, stop: () => undefined }
}

const watchOf = perObject((locks: LockManager) => new Watch(locks))

/** A worker that is reached for, or was. */
interface Worker {
  readonly lost: (loss: Loss) => void
  isAnswered: boolean
  /** Who has locks as these, as long as it has not answered: one of them is its host. Undefined: not known yet. */
  hosts: ReadonlySet<string> | undefined
}

/** What is known of a lock of this tab. */
interface Known {
  readonly since: number
  /** Undefined: the SDK has reached for it by itself. */
  worker: Worker | undefined
  isWaitedFor: boolean
  /** Since when nobody waits any more. */
  silentSince: number | undefined
  isTold: boolean
}

/** Looks at the locks while somebody wants to know. */
class Watch {
  readonly #locks: LockManager
  readonly #listeners = new Set<() => void>()
  readonly #workers = new Set<Worker>()
  readonly #known = new Map<string, Known>()
  #client: Promise<string | undefined> | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(locks: LockManager) {
    this.#locks = locks
  }

  listen(listener: () => void): Stop {
    const own = (): void => listener() // the same function may be given twice
    this.#listeners.add(own)
    this.lookNow()
    return () => void this.#listeners.delete(own)
  }

  reach<T>(reach: () => T, lost: (loss: Loss) => void): Reached<T> {
    const worker: Worker = { lost, isAnswered: false, hosts: undefined }
    this.#workers.add(worker)
    // A browser serves in order what a page asks of its locks: what is there after and was not before is of this worker.
    const before = this.#locks.query()
    const value = reach()
    const after = this.#locks.query()
    void this.#learn(worker, before, after).catch(() => undefined) // the page is being left
    const answered = (): void => {
      worker.isAnswered = true
      this.lookNow()
    }
    return { value, answered, stop: () => void this.#workers.delete(worker) }
  }

  /** Looks that overlap do no harm: each is compared by when it was asked. */
  lookNow(): void {
    void this.#look()
  }

  async #learn(
    worker: Worker,
    ...asked: [Promise<LockManagerSnapshot>, Promise<LockManagerSnapshot>]
  ): Promise<void> {
    const client = await this.#ownClient()
    const [before, after] = await Promise.all(asked)
    const there = new Set(signalsOf(before, client))
    for (const name of signalsOf(after, client)) {
      if (!there.has(name)) this.#knownOf(name).worker = worker
    }
    worker.hosts = othersOf(before, client)
    this.lookNow()
  }

  #knownOf(name: string): Known {
    const known = this.#known.get(name) ?? {
      since: performance.now(),
      worker: undefined,
      isWaitedFor: false,
      silentSince: undefined,
      isTold: false,
    }
    this.#known.set(name, known)
    return known
  }

  #ownClient(): Promise<string | undefined> {
    return (this.#client ??= clientOf(this.#locks))
  }

  get #isWanted(): boolean {
    return this.#listeners.size > 0 || this.#workers.size > 0
  }

  async #look(): Promise<void> {
    if (!this.#isWanted) return
    try {
      const client = await this.#ownClient()
      const askedAt = performance.now()
      this.#compare(await this.#locks.query(), client, askedAt)
    } catch {
      this.#client = undefined // the page is being left: nobody is to be told
    }
    clearTimeout(this.#timer)
    if (!this.#isWanted) return
    this.#timer = setTimeout(() => this.lookNow(), this.#isSoon() ? soonMs : lookMs)
    const timer = this.#timer as { unref?: () => void }
    timer.unref?.() // it is to keep no process of Node alive
  }

  #isSoon(): boolean {
    const now = performance.now()
    const isUnanswered = [...this.#workers].some(({ isAnswered }) => !isAnswered)
    return (
      isUnanswered ||
      [...this.#known.values()].some(({ worker, isWaitedFor, silentSince, isTold, since }) => {
        const isReached = worker === undefined && !isWaitedFor && now - since < reachMs
        return !isTold && (silentSince !== undefined || isReached)
      })
    )
  }

  #compare(snapshot: LockManagerSnapshot, client: string | undefined, askedAt: number): void {
    const ours = new Set(signalsOf(snapshot, client))
    const waitedFor = new Set(snapshot.pending?.map(({ name }) => name))
    for (const name of this.#known.keys()) if (!ours.has(name)) this.#known.delete(name)
    const dead = [...ours]
      .map((name) => this.#note(name, waitedFor.has(name)))
      .filter((known) => isDead(known, askedAt))
    for (const known of dead) known.isTold = true
    this.#tell(dead)
    this.#tellPerhaps(othersOf(snapshot, client))
  }

  #note(name: string, isWaitedFor: boolean): Known {
    const known = this.#knownOf(name)
    known.isWaitedFor ||= isWaitedFor
    if (isWaitedFor) known.silentSince = undefined
    else if (known.isWaitedFor || known.worker?.isAnswered === true) {
      known.silentSince ??= performance.now()
    }
    return known
  }

  #tell(dead: readonly Known[]): void {
    const count = dead.filter(({ worker }) => worker === undefined).length
    for (const { worker } of dead) if (worker !== undefined) this.#lose(worker, 'dead')
    if (count > 0) for (const listener of this.#listeners) listener()
  }

  #tellPerhaps(others: ReadonlySet<string>): void {
    for (const worker of this.#workers) {
      if (worker.isAnswered || worker.hosts === undefined) continue
      const isGone = [...worker.hosts].some((host) => !others.has(host))
      worker.hosts = others
      if (isGone) this.#lose(worker, 'perhaps')
    }
  }

  #lose(worker: Worker, loss: Loss): void {
    if (this.#workers.delete(worker)) worker.lost(loss)
  }
}

function isDead({ silentSince, isTold }: Known, askedAt: number): boolean {
  return !isTold && silentSince !== undefined && askedAt - silentSince >= doubtMs
}

function signalsOf({ held = [] }: LockManagerSnapshot, client: string | undefined): string[] {
  return held.flatMap(({ clientId, name = '' }) =>
    clientId === client && name.startsWith(closeSignal) ? [name] : [],
  )
}

/** The other tabs, and the workers that tabs share: each has such a lock as long as it lives. */
function othersOf({ held = [] }: LockManagerSnapshot, client: string | undefined): Set<string> {
  return new Set(
    held.flatMap(({ clientId = '', name = '' }) =>
      clientId !== client && name.startsWith(closeSignal) ? [clientId] : [],
    ),
  )
}

/** By which id the locks of this tab are told. */
async function clientOf(locks: LockManager): Promise<string | undefined> {
  const mark = `rowsignal_client_${crypto.randomUUID()}`
  return locks.request(mark, async () => {
    const { held } = await locks.query()
    return held?.find(({ name }) => name === mark)?.clientId
  })
}
