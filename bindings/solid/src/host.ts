/** What core needs of Solid: cells, memos, its batch. Every file of the binding comes through here. */
import { addFrameworkBatch, type Followable, type Host, serverHost } from '@rowsignal/core/host'
import {
  $PROXY,
  type Accessor,
  batch,
  createComputed,
  createMemo,
  createSignal,
  getListener,
  getOwner,
  onCleanup,
  type Signal,
  untrack,
} from 'solid-js'
import { isServer } from 'solid-js/web'
import { useSeeds } from './seeds.ts'

// Without it a publication over several collections would run an effect once for each of them.
addFrameworkBatch(batch)

const keep: Host<unknown>['keep'] = (read) => createMemo(read)

const clientHost: Host<Signal<undefined>> = {
  server: false,
  seeds: useSeeds,
  proxySymbol: $PROXY, // so that <Row {...row} /> stays live
  cell: () => createSignal(undefined, { equals: false }),
  track: ([read], now) => read() ?? now, // a cell holds nothing
  trigger: ([, write]) => write(undefined),
  keep,
  follow,
  followHere(target) {
    if (getListener() !== null && getOwner() !== null) hold(target)
  },
}

export const host: Host<unknown> = isServer ? serverHost({ keep, seeds: useSeeds }) : clientHost

/** Followed before it is read, whichever of two computations runs first: Solid 2 orders them by what they read. */
function follow<Followed extends Followable>(
  kept: () => Followed | undefined,
): () => Followed | undefined {
  return createMemo(() => {
    const target = kept()
    if (target !== undefined) hold(target)
    return target
  })
}

/**
 * Follows something for the running memo or computation, until that runs again.
 *
 * In a transition that is when the old page goes: Solid calls the clean-ups of a computation as soon as it prepares the
 * next page, but keeps what the computation owns for as long as the old page stays (solid-js 1.9.19).
 */
function hold(target: Followable): void {
  createComputed(() => onCleanup(untrack(() => target.acquire())))
}

/** An argument: a value, or an accessor of it. */
export type MaybeAccessor<T> = T | Accessor<T>

/** No argument of ours is a function itself, so a function is an accessor. */
export function access<T>(source: MaybeAccessor<T>): T {
  return typeof source === 'function' ? (source as Accessor<T>)() : source
}

/** `accessor` itself, with the properties of a view on it. */
export function withProperties<Value, View extends object>(
  accessor: Accessor<Value>,
  view: View,
): Accessor<Value> & View {
  return Object.defineProperties(
    accessor,
    Object.getOwnPropertyDescriptors(view),
  ) as Accessor<Value> & View
}
