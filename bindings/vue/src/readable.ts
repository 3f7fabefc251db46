import type { Readable } from '@rowsignal/core'
import { createValue } from '@rowsignal/core/host'
import type { MaybeRefOrGetter, Ref } from 'vue'
import { toPlain, toRef, useHost } from './host.ts'

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
  return toRef(createValue(useHost(), () => toPlain(source)))
}
