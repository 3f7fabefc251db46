import type { Readable } from '@rowsignal/core'
import type { Host } from '@rowsignal/core/host'
import { computed, customRef, type MaybeRefOrGetter, type Ref, watch } from 'vue'
import { computedWhileActive, toPlain, useHost } from './host.ts'

/**
 * Any readable as a readonly ref.
 *
 * Follows the readable while the current scope lives; a ref or getter may switch to another one, and the value is then
 * the new one's at once. On a server the value is read and nothing is subscribed to.
 *
 * @example
 * const todos = useReadable(rows(collection))
 * const title = computed(() => todos.value[0]?.title)
 */
export function useReadable<T>(source: MaybeRefOrGetter<Readable<T>>): Readonly<Ref<T>> {
  return followReadable(useHost(), source)
}

/** `useReadable` with the host of the caller. */
export function followReadable<T>(
  host: Host<unknown>,
  source: MaybeRefOrGetter<Readable<T>>,
): Readonly<Ref<T>> {
  const readable = computedWhileActive(() => toPlain(source))
  if (host.server) return computed(() => readable.value.get())
  return customRef<T>((track, trigger) => {
    watch(readable, (next, _previous, onCleanup) => onCleanup(next.subscribe(trigger)), {
      immediate: true,
    })
    return {
      get() {
        track()
        return readable.value.get() // not a copy: right also in the middle of a batch
      },
      set() {},
    }
  })
}
