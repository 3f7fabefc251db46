/**
 * The sync of one connection of @powersync/web (2.4.0), which the worker that tabs share may take with it when it dies: then
 * `waitForReady`, `connect`, `disconnect` and `dispose` would never settle.
 */
import type { Stop } from '../readable/readable.ts'
import { type Loss, reachWorker } from './dead-workers.ts'

/** What is used of a `StreamingSyncImplementation`. */
interface Sync {
  readonly syncStatus: { readonly core: object | null }
  registerListener(listener: { statusChanged(status: Connectedness): void }): Stop
  updateSyncStatus(core: object | null, state: object): void
  /** Of a sync in a worker that tabs share: the lock by which the worker knows of this tab. */
  readonly abortOnClose?: AbortController
  /** The port to that worker. */
  readonly worker?: { close(): void }
  /** What that worker does for this tab, of which `sync` does it for all: calls and values go through the port. */
  readonly syncManager?: { readonly sync: SyncOfAll }
}

interface SyncOfAll {
  /** Resolves when it has SQLite. */
  waitForReady(): Promise<void>
  /** Asks a tab for SQLite, unless it has `syncParams`. */
  setParams(params: object): Promise<void>
  get syncParams(): Promise<object | null>
  set syncParams(params: null)
}

interface Connectedness {
  readonly connected: boolean
  readonly connecting: boolean
}

const methods = ['waitForReady', 'connect', 'disconnect', 'dispose'] as const
type Method = (typeof methods)[number]

/** How long a sync may take until it connects, at first, in ms: each try may take twice as long. */
const patienceMs = 5_000
/** How long after a failure it is tried again, in ms, at first. */
const pauseMs = 100

/** How a sync begins: its worker may fail once and for all. */
interface SyncStart {
  /** How often it was tried before. */
  readonly tries: number
  /** It connects, or has. */
  readonly onBegun: () => void
  /** It is to be tried again: the worker has failed, or it has not come to that for long. */
  readonly onFailed: () => void
  /** It has died, or perhaps has before it answered. */
  readonly onLost: (loss: Loss) => void
}

/**
 * Makes the sync that `make` makes one that can be dropped.
 *
 * @returns With `drop` what is asked of it settles, the worker learns that this tab is gone, and the status is not connected.
 */
export function droppable<Made extends object>(
  make: () => Made,
  { tries, onBegun, onFailed, onLost }: SyncStart,
): { sync: Made; drop: Stop } {
  const { value: made, answered, stop } = reachWorker(make, onLost)
  const sync = made as object as Sync & Record<Method, (...args: unknown[]) => Promise<unknown>>
  let isDropped = false
  let settle: Stop = () => undefined
  const dropped = new Promise<void>((resolve) => {
    settle = resolve
  })
  const disconnect = sync.disconnect.bind(sync)
  const failAfter = (ms: number): ReturnType<typeof setTimeout> =>
    setTimeout(onFailed, ms * 2 ** tries)
  let timer = failAfter(patienceMs)
  const stopListening = sync.registerListener({
    statusChanged({ connected, connecting }) {
      if (isDropped || !(connected || connecting)) return
      clearTimeout(timer)
      stopListening()
      onBegun()
    },
  })
  const failed = (): void => {
    clearTimeout(timer)
    if (!isDropped) timer = failAfter(pauseMs)
  }
  const ready = readyOf(sync, tries > 0)
  ready.then(answered, failed)
  // A connection manager whose sync has failed to begin connects no more, so it is not told.
  sync.waitForReady = () => ready.catch(() => dropped)
  for (const name of methods) {
    const original = sync[name].bind(sync)
    sync[name] = (...args) => {
      if (name === 'disconnect' || name === 'dispose') clearTimeout(timer)
      return isDropped ? dropped : Promise.race([original(...args), dropped])
    }
  }
  const drop = (): void => {
    if (isDropped) return
    isDropped = true
    stop()
    stopListening()
    clearTimeout(timer)
    settle()
    const { core } = sync.syncStatus
    const offline = { connected: false, connecting: false, downloading: null }
    sync.updateSyncStatus(core === null ? null : { ...core, ...offline }, { uploading: false })
    if (sync.abortOnClose === undefined) void disconnect().catch(() => undefined)
    sync.abortOnClose?.abort()
    sync.worker?.close()
  }
  return { sync: made, drop }
}

/**
 * The worker begins to sync for all tabs when the first one of them has given it SQLite. If that fails, since that tab goes
 * meanwhile, it answers the others, and syncs for none, until it is asked to begin anew.
 */
async function readyOf(
  sync: Sync & { waitForReady(): Promise<unknown> },
  isAnew: boolean,
): Promise<void> {
  await sync.waitForReady()
  const ofAll = sync.syncManager?.sync
  if (ofAll === undefined) return
  const ready = ofAll.waitForReady()
  if (isAnew) await beginAnew(ofAll, ready)
  await ready
}

/**
 * A worker that has SQLite is left as it is: without `syncParams`, for however short a time, a tab that connects would make its sync
 * fail once, after which the SDK (2.4.0) fails in the same way for ever, without a pause.
 */
async function beginAnew(ofAll: SyncOfAll, ready: Promise<void>): Promise<void> {
  let isReady = false
  void ready.then(() => (isReady = true))
  const params = await ofAll.syncParams // is answered after `ready`, if that can be answered
  if (isReady || params === null) return
  ofAll.syncParams = null
  await ofAll.setParams(params)
}
