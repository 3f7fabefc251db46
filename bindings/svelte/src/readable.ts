import type { Readable } from '@rowsignal/core'
import { createValue } from '@rowsignal/core/host'
import { get, host, type MaybeGetter } from './host.svelte.ts'

/** One value: reading `current` in a template, a `$derived` or an effect follows it. */
export interface Current<T> {
  readonly current: T
}

/**
 * Any readable as `{ current }`.
 *
 * Followed while the component or effect lives in which it was made, and while an effect reads it: so it may be made
 * anywhere, also in a module. A getter may switch to another readable, and the value is then the new one's at once. On a
 * server the value is read and nothing is subscribed to.
 *
 * @example
 * const all = useReadable(rows(collection))
 * // <p>{all.current.length}</p>
 */
export function useReadable<T>(source: MaybeGetter<Readable<T>>): Current<T> {
  return toCurrent(createValue(host, () => get(source)))
}

/** A value as `{ current }`. */
export function toCurrent<T>(read: () => T): Current<T> {
  return {
    get current() {
      return read()
    },
  }
}
