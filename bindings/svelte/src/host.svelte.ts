/** What core needs of Svelte: cells, deriveds, and following while read. The only file with runes, so the only one shipped uncompiled. */
import {
  type Followable,
  type FollowListener,
  type Host,
  serverHost,
  thenable,
} from '@rowsignal/core/host'
import { BROWSER } from 'esm-env'
import { createSubscriber } from 'svelte/reactivity'
import { useSeeds } from './seeds.ts'

const unread = Symbol('unread')

/** The time between two changes of a cell, with what was last read in it. */
class Moment {
  /** The value that has no part: without a Map, since every row has a cell. */
  value: unknown = unread
  parts: Map<unknown, unknown> | undefined
}

/** `now`, noted. A reader that nobody follows may be ahead, in the middle of a batch: it does not replace another. */
function note<T>(moment: Moment, now: T, part: unknown): T {
  if (part === undefined) {
    if ($effect.tracking() || moment.value === unread) moment.value = now
  } else {
    const parts = (moment.parts ??= new Map())
    if ($effect.tracking() || !parts.has(part)) parts.set(part, now)
  }
  return now
}

/** What was last read in a moment that is over, or `now`. */
function recall<T>({ value, parts }: Moment, now: T, part: unknown): T {
  if (part !== undefined) return parts?.has(part) ? (parts.get(part) as T) : now
  return value === unread ? now : (value as T)
}

class Cell {
  /** Without tracking, the moment that is now. */
  last = new Moment()
  moment: Moment = $state.raw(this.last)

  next(): void {
    this.last = new Moment()
    this.moment = this.last
  }
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

/** For each thing what makes the running effect follow it. */
const followers = new WeakMap<Followable, () => void>()

const clientHost: Host<Cell> = {
  server: false,
  seeds: useSeeds,
  cell: takeCell,
  track(cell, now, part) {
    const { moment } = cell
    // While it destroys effects, Svelte gives them the sources as they were before the change (svelte 5.57.3).
    return moment === cell.last ? note(moment, now, part) : recall(moment, now, part)
  },
  trigger: (cell) => cell.next(),
  keep,
  follow,
  followHere,
}

/** Compiled for a server, Svelte leaves effects out, so that the pool would stay empty there. */
export const host: Host<unknown> = BROWSER ? clientHost : serverHost({ keep, seeds: useSeeds })

/** A view that may be awaited: for the first rows, or the error that kept them from coming. */
export type Awaitable<View extends object> = View & PromiseLike<View>

/** The view itself; awaited, the same getters. */
export function toAwaitable<View extends object>(
  view: View,
  ofCore: object = view,
): Awaitable<View> {
  let awaited: View | undefined
  const withoutThen = (): View => {
    const { then: _, ...getters } = Object.getOwnPropertyDescriptors(view as Awaitable<View>)
    return Object.defineProperties({} as View, getters)
  }
  return thenable(view, ofCore, () => (awaited ??= withoutThen()))
}

/** An argument: a value, or a getter of it. */
export type MaybeGetter<T> = T | (() => T)

/** No argument of ours is a function itself, so a function is a getter. */
export function get<T>(source: MaybeGetter<T>): T {
  return typeof source === 'function' ? (source as () => T)() : source
}

/** Runs `read` again only when something that it read has changed, also outside of effects. */
function keep<T>(read: () => T): () => T {
  const kept = $derived.by(read)
  return () => kept
}

/** Followed while the component or effect lives that is being made, and by whatever reads it: so also in a module. */
function follow<Followed extends Followable>(
  kept: () => Followed | undefined,
  listener?: FollowListener,
): () => Followed | undefined {
  const followed = (): Followed | undefined => {
    const target = kept()
    if (target !== undefined) followHere(target)
    return target
  }
  whileAlive(followed, listener)
  return followed
}

function followHere(target: Followable): void {
  let follow = followers.get(target)
  if (follow === undefined) followers.set(target, (follow = createFollower(target)))
  follow()
}

/**
 * What makes the running effect follow something: started with the first effect, stopped after the last.
 *
 * While Svelte destroys effects it computes a `$derived` again, for what its value was (svelte 5.57.3). It would then
 * follow what it followed before, for good if it is destroyed itself. So it follows nothing, and is computed once more.
 */
function createFollower(target: Followable): () => void {
  const subscribe = createSubscriber(() => target.acquire())
  const again = takeCell()
  return () => {
    if (!$effect.tracking()) return
    if (!isDestroying()) return subscribe()
    clientHost.track(again, undefined)
    queueMicrotask(() => again.next())
  }
}

function isDestroying(): boolean {
  try {
    $effect.pre(() => {})
    return false
  } catch (error) {
    return String(error).includes('effect_in_teardown')
  }
}

/** Runs `follow` as an effect of the component or effect that is being made; does nothing outside of both. */
export function whileAlive(follow: () => unknown, listener?: FollowListener): void {
  let isRunning = false
  let isAlive = true
  const leave = (): void => {
    isAlive = false
    // Called before it runs again, too, which is at once.
    queueMicrotask(() => isAlive || listener?.left())
  }
  try {
    $effect.pre(() => {
      isRunning = isAlive = true
      follow()
      listener?.moved()
      return listener && leave
    })
  } catch (error) {
    if (isRunning) throw error // a module, or a function that is called in an event: nothing lives there
  }
}
