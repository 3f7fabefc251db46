import type { Readable } from '@rowsignal/core'
import { createFollower, get, host, type MaybeGetter, whileAlive } from './host.svelte.ts'

/** One value: reading `current` in a template, a `$derived` or an effect follows it. */
export interface Current<T> {
  readonly current: T
}

interface Follower<T> {
  /** Makes the running effect follow the readable. */
  readonly follow: () => void
  readonly get: () => T
}

const followers = new WeakMap<object, unknown>()

/** The one follower of a readable. */
function followerOf<T>(readable: Readable<T>): Follower<T> {
  let follower = followers.get(readable) as Follower<T> | undefined
  if (follower === undefined) {
    const cell = host.cell()
    follower = {
      follow: createFollower(() => readable.listen(() => host.trigger(cell))),
      get: () => host.track(cell, readable.get()),
    }
    followers.set(readable, follower)
  }
  return follower
}

/**
 * Any readable as `{ current }`.
 *
 * Followed while the component or effect lives in which it was made, and while an effect reads it: so it may be made
 * anywhere, also in a module. A getter may switch to another readable, and the value is then the new one's at once; until
 * then it has to return the same one, since it is asked at every read. On a server the value is read and nothing is
 * subscribed to.
 *
 * @example
 * const all = useReadable(rows(collection))
 * // <p>{all.current.length}</p>
 */
export function useReadable<T>(source: MaybeGetter<Readable<T>>): Current<T> {
  if (host.server)
    return {
      get current() {
        return get(source).get()
      },
    }
  whileAlive(() => followerOf(get(source)).follow())
  return {
    get current() {
      const follower = followerOf(get(source))
      follower.follow()
      return follower.get()
    },
  }
}

interface Kept {
  readonly args: readonly unknown[]
  readonly readable: Readable<unknown>
}

/**
 * The getter for `useReadable` of a readable that is made anew only when one of its arguments differs. The last two are
 * kept: what Svelte takes down after a change asks for the one before it.
 */
export function keepReadable<T>(
  read: () => readonly unknown[],
  make: () => Readable<T>,
): () => Readable<T> {
  let kept: readonly Kept[] = []
  return () => {
    const args = read()
    let now = kept.find((one) => one.args.every((arg, index) => arg === args[index]))
    if (now === undefined) kept = [(now = { args, readable: make() }), ...kept.slice(0, 1)]
    return now.readable as Readable<T>
  }
}
