/** What core needs of Solid: cells that Solid tracks, and its batch. Every file of the binding comes through here. */
import { addFrameworkBatch, type Host, serverHost } from '@rowsignal/core/host'
import { $PROXY, type Accessor, batch, createSignal, type Signal } from 'solid-js'
import { isServer } from 'solid-js/web'

// Without it a publication over several collections would run an effect once for each of them.
addFrameworkBatch(batch)

const clientHost: Host<Signal<undefined>> = {
  server: false,
  proxySymbol: $PROXY, // so that <Row {...row} /> stays live
  cell: () => createSignal(undefined, { equals: false }),
  track: ([read], now) => read() ?? now, // a cell holds nothing
  trigger: ([, write]) => write(undefined),
}

export const host: Host<unknown> = isServer ? serverHost : clientHost

/** An argument: a value, or an accessor of it. */
export type MaybeAccessor<T> = T | Accessor<T>

/** No argument of ours is a function itself, so a function is an accessor. */
export function access<T>(source: MaybeAccessor<T>): T {
  return typeof source === 'function' ? (source as Accessor<T>)() : source
}
