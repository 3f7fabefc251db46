import type { Readable } from '@rowsignal/core'
import { createSubscriber } from 'svelte/reactivity'
import { get, host, type MaybeGetter } from './host.svelte.ts'

/** One value: reading `current` in a template, a `$derived` or an effect follows it. */
export interface Current<T> {
  readonly current: T
}

/**
 * Any readable as `{ current }`.
 *
 * Followed while an effect reads it, so it may be made anywhere, also in a module. A getter may switch to another
 * readable, and the value is then the new one's at once; until then it has to return the same one, since it is asked at
 * every read. On a server the value is read and nothing is subscribed to.
 *
 * @example
 * const all = useReadable(rows(collection))
 * // <p>{all.current.length}</p>
 */
export function useReadable<T>(source: MaybeGetter<Readable<T>>): Current<T> {
  let followed: Readable<T> | undefined
  let follow = (): void => {}
  return {
    get current() {
      const readable = get(source)
      if (readable !== followed && !host.server) {
        followed = readable
        follow = createSubscriber((update) => readable.listen(update))
      }
      follow()
      return readable.get()
    },
  }
}

/** The getter for `useReadable` of a readable that is made anew only when one of its arguments differs. */
export function keepReadable<T>(
  read: () => readonly unknown[],
  make: () => Readable<T>,
): () => Readable<T> {
  let kept: { args: readonly unknown[]; readable: Readable<T> } | undefined
  return () => {
    const args = read()
    if (kept === undefined || args.some((arg, index) => arg !== kept?.args[index])) {
      kept = { args, readable: make() }
    }
    return kept.readable
  }
}
