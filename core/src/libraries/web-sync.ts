/**
 * The sync of one connection of @powersync/web (2.4.0), which the worker that tabs share may take with it when it dies: then
 * `waitForReady`, `connect`, `disconnect` and `dispose` would never settle.
 */
import type { Stop } from '../readable/readable.ts'
import { type Loss, reachWorker } from './dead-workers.ts'

/** What is used of a `StreamingSyncImplementation`. */
interface Sync {
  readonly syncStatus: { readonly core: object | null }
  updateSyncStatus(core: object | null, state: object): void
  /** Of a sync in a worker that tabs share: the lock by which the worker knows of this tab. */
  readonly abortOnClose?: AbortController
  /** The port to that worker. */
  readonly worker?: { close(): void }
}

const methods = ['waitForReady', 'connect', 'disconnect', 'dispose'] as const
type Method = (typeof methods)[number]

/** How a sync begins: its worker may fail once and for all. */
interface SyncStart {
  readonly patienceMs: number
  /** Its worker has answered. */
  readonly onReady: () => void
  /** It has not, for so long. */
  readonly onLate: () => void
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
  { patienceMs, onReady, onLate, onLost }: SyncStart,
): { sync: Made; drop: Stop } {
  const { value: made, answered, stop } = reachWorker(make, onLost)
  const sync = made as object as Sync &
    Record<Method, (...args: unknown[]) => Promise<unknown>>
  let isDropped = false
  let settle: Stop = () => undefined
  const dropped = new Promise<void>((resolve) => {
    settle = resolve
  })
  const disconnect = sync.disconnect.bind(sync)
  // A connection manager whose sync has failed to begin connects no more, so it is not told.
  const ready = sync.waitForReady()
  sync.waitForReady = () => ready.catch(() => dropped)
  const timer = setTimeout(onLate, patienceMs)
  const begun = (): void => {
    clearTimeout(timer)
    if (isDropped) return
    answered()
    onReady()
  }
  ready.then(begun, () => undefined)
  for (const name of methods) {
    const original = sync[name].bind(sync)
    sync[name] = (...args) => (isDropped ? dropped : Promise.race([original(...args), dropped]))
  }
  const drop = (): void => {
    if (isDropped) return
    isDropped = true
    stop()
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
