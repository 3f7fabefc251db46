/**
 * The store contract: what every readable of the library offers, and the batch in which listeners run.
 *
 * A source says how to read its value and how to be told that it may have changed; `createReadable` adds the rest:
 * lazy start, one call per change, equal values silent. Listeners run after the outermost `batch`, so after a
 * publication has brought all tables up to date, and inside the batches of all frameworks in use.
 */
import { attempt } from '../errors.ts'
import { whileUsed } from './while-used.ts'

/** Ends what it was returned for; calling it again does nothing. */
export type Stop = () => void

/**
 * A value that can be read now and followed.
 *
 * Shape: `get()` is right also without listeners; an equal value keeps its reference and calls nobody. `subscribe`
 * calls at once, which makes every readable a Svelte store.
 */
export interface Readable<T> {
  /** The value now. */
  readonly get: () => T
  /** Calls `listener` on each change, not now. */
  readonly listen: (listener: (value: T) => void) => Stop
  /** Calls `listener` now and on each change. */
  readonly subscribe: (listener: (value: T) => void) => Stop
}

/** What `createReadable` turns into a readable. */
export interface Source<T> {
  /** Reads the value; must return the same reference while nothing changed. */
  get(): T
  /** Called with the first listener; `changed` may be called too often. Returns how to stop. */
  start(changed: () => void): Stop
}

let depth = 0
const queue = new Set<() => void>()
const frameworkBatches = new Set<(run: () => void) => void>()

/**
 * Runs `fn`; listeners of all readables that it changes run once, when the outermost batch ends.
 */
export function batch<T>(fn: () => T): T {
  depth++
  try {
    return fn()
  } finally {
    depth--
    flush()
  }
}

/**
 * Tells the library how a framework batches (Solid's `batch`), so that one publication is one change there too. A
 * binding calls it before its first subscription; the same function counts once.
 */
export function addFrameworkBatch(run: (fn: () => void) => void): void {
  frameworkBatches.add(run)
}

/** Runs `task` when the outermost batch ends, or now if there is none. The same function is queued once. */
export function enqueue(task: () => void): void {
  queue.add(task)
  flush()
}

function flush(): void {
  if (depth > 0 || queue.size === 0) return
  depth++ // what a listener changes joins the same flush
  let drain = (): void => {
    for (const task of queue) {
      queue.delete(task) // so that a task that is queued again while it runs, runs again
      attempt(task)
    }
  }
  for (const frameworkBatch of frameworkBatches) {
    const inner = drain
    drain = () => frameworkBatch(inner)
  }
  try {
    drain()
  } finally {
    depth--
  }
}

/** Makes a readable of a source: started with the first listener, stopped with the last. */
export function createReadable<T>(source: Source<T>): Readable<T> {
  const listeners = new Set<(value: T) => void>()
  let last: T

  const notify = (): void => {
    if (listeners.size === 0) return
    const value = source.get()
    if (Object.is(value, last)) return
    last = value
    for (const listener of listeners) attempt(() => listener(value))
  }

  const use = whileUsed(() => {
    const stop = source.start(() => enqueue(notify))
    last = source.get()
    return stop
  })

  const listen = (listener: (value: T) => void): Stop => {
    const leave = use()
    const own = (value: T): void => listener(value) // the same function may listen twice
    listeners.add(own)
    return () => {
      listeners.delete(own)
      leave()
    }
  }

  return {
    get: () => source.get(),
    listen,
    subscribe(listener) {
      const end = listen(listener)
      attempt(() => listener(source.get()))
      return end
    },
  }
}
