/** What core needs of Svelte: cells that Svelte tracks. The only file with runes, so the only one shipped uncompiled. */
import { type Host, serverHost } from '@rowsignal/core/host'
import { BROWSER } from 'esm-env'
import { createSubscriber } from 'svelte/reactivity'

class Cell {
  version: number = $state.raw(0)
  /** The version without tracking: `version++` would make the writer depend on it. */
  last = 0
}

/**
 * Cells are made ahead, in an effect root (svelte 5.57.3): a source made inside the running effect is not tracked by
 * that effect, so its update would be lost, and one root for each cell costs O(n²) inside one big `$derived` (10,000
 * rows: 78 ms, by the pool 13-26 ms).
 */
const pool: Cell[] = []
const poolSize = 64

function takeCell(): Cell {
  if (pool.length === 0) {
    $effect.root(() => {
      for (let made = 0; made < poolSize; made++) pool.push(new Cell())
    })
  }
  return pool.pop() as Cell
}

/** For each collection's rows what subscribes the running effect to them, and lets go with the last effect. */
const subscribers = new WeakMap<object, () => void>()

const clientHost: Host<Cell> = {
  server: false,
  cell: takeCell,
  track: (cell) => cell.version,
  trigger: (cell) => {
    cell.version = ++cell.last
  },
  follow(rows) {
    let subscribe = subscribers.get(rows)
    if (subscribe === undefined) {
      subscribe = createSubscriber(() => rows.acquire())
      subscribers.set(rows, subscribe)
    }
    subscribe()
  },
}

/** Compiled for a server, Svelte leaves effects out, so that the pool would stay empty there. */
export const host: Host<unknown> = BROWSER ? clientHost : serverHost

/** An argument: a value, or a getter of it. */
export type MaybeGetter<T> = T | (() => T)

/** No argument of ours is a function itself, so a function is a getter. */
export function get<T>(source: MaybeGetter<T>): T {
  return typeof source === 'function' ? (source as () => T)() : source
}

/** A getter that runs `read` again only when something that it read has changed, also outside of effects. */
export function keep<T>(read: () => T): () => T {
  const kept = $derived.by(read)
  return () => kept
}
