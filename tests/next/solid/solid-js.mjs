/** What Solid 2 has under other names, or in another form, under the names of 1.9, for the binding and for its tests. */
// @ts-nocheck
import * as solid from './node_modules/solid-js/dist/solid.dev.js'

export * from './node_modules/solid-js/dist/solid.dev.js'

export const getListener = solid.getObserver
export const mergeProps = solid.merge

export function batch(change) {
  const result = change()
  solid.flush()
  return result
}

/** A function is a value too. */
export function createSignal(value, options) {
  const [read, write] = solid.createSignal(undefined, { ownedWrite: true, ...options })
  write(() => value)
  solid.flush()
  return [read, write]
}

const nothing = () => {}
export const createComputed = (run) => solid.createRenderEffect(run, nothing)
export const createRenderEffect = (run, ...rest) =>
  rest.length === 0
    ? solid.createRenderEffect(run, nothing)
    : solid.createRenderEffect(run, ...rest)
export const createEffect = (run, ...rest) =>
  rest.length === 0 ? solid.createEffect(run, nothing) : solid.createEffect(run, ...rest)

export function createContext(value) {
  const context = solid.createContext(value)
  return Object.assign(context, { Provider: context })
}

export const Index = (props) => solid.For(solid.merge(props, { keyed: false }))
