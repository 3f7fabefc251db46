/** What core needs of Vue: cells that Vue tracks, and whether this renders on a server. */
import { type Host, serverHost } from '@rowsignal/core/host'
import {
  hasInjectionContext,
  inject,
  type MaybeRefOrGetter,
  type ShallowRef,
  shallowRef,
  ssrContextKey,
  toRaw,
  toValue,
  triggerRef,
} from 'vue'

const clientHost: Host<ShallowRef<undefined>> = {
  server: false,
  cell: () => shallowRef(),
  track: (cell) => cell.value,
  trigger: (cell) => triggerRef(cell),
}

/** The host for the component or app that is being set up; Vue's server renderer gives each app a context. */
export function useHost(): Host<unknown> {
  const onServer = hasInjectionContext() && inject<unknown>(ssrContextKey, undefined) !== undefined
  return onServer ? serverHost : clientHost
}

/** An argument's value, also out of a deep `ref` or `reactive`: a Proxy of a collection would be another collection. */
export function toPlain<T>(source: MaybeRefOrGetter<T>): T {
  return toRaw(toValue(source))
}
