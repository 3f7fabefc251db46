/** What core needs of Vue: cells that Vue tracks, keeping and following for a scope, and whether this is a server. */
import type { Stop } from '@rowsignal/core'
import {
  type Followable,
  type FollowListener,
  type Host,
  serverHost,
  thenable,
} from '@rowsignal/core/host'
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
  type Ref,
  type ShallowRef,
  shallowRef,
  ssrContextKey,
  toRaw,
  toValue,
  triggerRef,
  warn,
  watch,
} from 'vue'
import { useSeeds } from './seeds.ts'

/** What a component follows by itself until it is unmounted. */
const followedBy = new WeakMap<object, WeakSet<object>>()

const clientHost: Host<ShallowRef<undefined>> = {
  server: false,
  seeds: useSeeds,
  cell: () => shallowRef(),
  track: (cell, now) => cell.value ?? now, // a cell holds nothing
  trigger: (cell) => triggerRef(cell),
  keep,
  follow,
  followHere(target) {
    const component = getCurrentInstance()
    if (component === null) return warnIfTracking()
    let known = followedBy.get(component)
    if (known === undefined) followedBy.set(component, (known = new WeakSet()))
    if (known.has(target)) return
    known.add(target)
    onUnmounted(target.acquire(), component)
  },
}

/**
 * Computed when it is read, and when the current scope has ended what it gave last: of a component that has left, the
 * parameters may be gone before its last readers.
 */
function keep<T>(read: () => T): () => T {
  let isOver = false
  let last: T
  onScopeDispose(() => (isOver = true), true)
  const kept = computed(() => (isOver ? last : (last = read())))
  return () => kept.value
}

/** Followed as soon as it is read, for a value that is asked for in this tick is to be right in it. */
function follow<Followed extends Followable>(
  kept: () => Followed | undefined,
  listener?: FollowListener,
): () => Followed | undefined {
  let now: Followed | undefined
  let stop: Stop | undefined
  const followed = computed(() => {
    const next = kept()
    if (next !== now) {
      const leave = stop
      now = next
      stop = next?.acquire()
      leave?.()
      listener?.moved()
    }
    return next
  })
  // Once a tick, or when it is read: of several changes only the last is asked for.
  watch(followed, () => {}, { immediate: true })
  const leave = (): void => {
    stop?.()
    listener?.left()
  }
  onScopeDispose(leave, true)
  return () => followed.value
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
  if (onServer) return serverHost({ keep, seeds: useSeeds })
  // A component that has left while it awaited something goes on with its setup: nobody would let go of what that follows.
  const isOver = getCurrentScope()?.active === false
  return isOver ? serverHost({ keep: (read) => read, seeds: useSeeds }) : clientHost
}

/** An argument's value, also out of a deep `ref` or `reactive`: a Proxy of a collection would be another collection. */
export function toPlain<T>(source: MaybeRefOrGetter<T>): T {
  return toRaw(toValue(source))
}

/** A query function whose answer is the collection itself, or the value of any other argument. */
export function toQuery(query: unknown): unknown {
  if (typeof query !== 'function') return toPlain(query)
  return (q: unknown): unknown => toRaw(query(q))
}

/** A readonly ref that reads at each read, and keeps nothing: right also in the middle of a batch. */
export function toRef<T>(read: () => T): Readonly<Ref<T>> {
  return customRef<T>(() => ({ get: read, set() {} }))
}

/** A view as a plain object of refs, to be destructured; its methods are as they are. */
export type Refs<View> = {
  readonly [Property in keyof View]: Property extends Method
    ? View[Property]
    : ComputedRef<View[Property]>
}

type Method = 'retry' | 'fetchMore' | 'fetchNextPage'

/** Refs that may be awaited: for the first rows, or the error that kept them from coming. */
export type Awaitable<Refs extends object> = Refs & PromiseLike<Refs>

/** Each property that is read anew as a ref; awaited, the same refs. */
export function toAwaitable<View extends object>(view: View): Awaitable<Refs<View>> {
  const refs = toRefs(view)
  return thenable(refs, view, () => ({ ...refs }))
}

/** Each property that is read anew as a ref. */
export function toRefs<View extends object>(view: View): Refs<View> {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(view))
  const refs = properties.map(([name, property]): [string, unknown] => [
    name,
    'value' in property ? property.value : computed(() => view[name as keyof View]),
  ])
  return Object.fromEntries(refs) as Refs<View>
}
