import { type EffectScope, getCurrentScope, inject, type InjectionKey, provide } from 'vue'

/** Something that a component provides, for itself and for those below it. */
export interface Provided<T> {
  readonly key: InjectionKey<T>
  readonly give: (value: T) => void
  /** To be called where `inject` may be. */
  readonly find: () => T | undefined
}

export function createProvided<T>(name: string): Provided<T> {
  const key: InjectionKey<T> = Symbol(name)
  // Vue's `inject` looks only above a component. By its scope, since a store that is made in its `setup` has another one, and
  // serves the whole app.
  const own = new WeakMap<EffectScope, T>()
  return {
    key,
    give(value) {
      provide(key, value)
      const scope = getCurrentScope()
      if (scope !== undefined) own.set(scope, value)
    },
    find() {
      const scope = getCurrentScope()
      return (scope && own.get(scope)) ?? inject(key, undefined)
    },
  }
}
