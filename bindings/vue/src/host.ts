/** What core needs of Vue: cells that Vue tracks, and whether this renders on a server. */
import { type Host, serverHost } from '@rowsignal/core/host'
import {
  computed,
  type ComputedRef,
  customRef,
  getCurrentInstance,
  getCurrentScope,
  hasInjectionContext,
  inject,
  type MaybeRefOrGetter,
  onScopeDispose,
  onUnmounted,
  type ShallowRef,
  shallowRef,
  ssrContextKey,
  toRaw,
  toValue,
  triggerRef,
  warn,
} from 'vue'

/** The rows that a component follows by itself until it is unmounted. */
const followed = new WeakMap<object, WeakSet<object>>()

const clientHost: Host<ShallowRef<undefined>> = {
  server: false,
  cell: () => shallowRef(),
  track: (cell, now) => cell.value ?? now, // a cell holds nothing
  trigger: (cell) => triggerRef(cell),
  follow(rows) {
    const component = getCurrentInstance()
    if (component === null) return warnIfTracking()
    let known = followed.get(component)
    if (known === undefined) followed.set(component, (known = new WeakSet()))
    if (known.has(rows)) return
    known.add(rows)
    onUnmounted(rows.acquire(), component)
  },
}

/** What `track` gives is not documented: where it gives nothing (other than Vue 3.5), nobody is warned. */
const probe = customRef<unknown>((track) => ({ get: () => track(), set() {} }))

function warnIfTracking(): void {
  if (probe.value === undefined) return
  warn(
    '[rowsignal] a row is read that nothing follows any more, by a computed or watcher and not by a component: it will not ' +
      'run again. Keep the id of a row that is to outlive its list, and follow it by `useRow(collection, id)`.',
  )
}

/**
 * The host for the component or app that is being set up; Vue's server renderer gives each app a context.
 *
 * Everything made with it ends with the current scope, as Vue's own `watch` does; without a scope Vue is silent about
 * it, so we warn. That is for development: `warn` does nothing in a production build.
 */
export function useHost(): Host<unknown> {
  const onServer = hasInjectionContext() && inject<unknown>(ssrContextKey, undefined) !== undefined
  if (getCurrentScope() === undefined) {
    warn(
      '[rowsignal] used outside of a component, store or effectScope, also by use after an `await` in setup: what it ' +
        'follows is never let go. Run it in `effectScope().run(…)`, and stop that scope.',
    )
  }
  return onServer ? serverHost : clientHost
}

/** An argument's value, also out of a deep `ref` or `reactive`: a Proxy of a collection would be another collection. */
export function toPlain<T>(source: MaybeRefOrGetter<T>): T {
  return toRaw(toValue(source))
}

/**
 * What `read` gives, computed when it is read, and when the current scope has ended what it gave last: of a component
 * that has left, the parameters may be gone before its last readers.
 */
export function computedWhileActive<T>(read: () => T): ComputedRef<T> {
  let isOver = false
  let last: T
  onScopeDispose(() => (isOver = true), true)
  return computed(() => (isOver ? last : (last = read())))
}
