/** A new object with the getters of both, so that each is still asked when it is read; those of `own` come first. */
export function withGetters<Base extends object, Own extends object>(
  base: Base,
  own: Own,
): Omit<Base, keyof Own> & Own {
  return Object.defineProperties({} as Omit<Base, keyof Own> & Own, {
    ...Object.getOwnPropertyDescriptors(base),
    ...Object.getOwnPropertyDescriptors(own),
  })
}

/** Gives `target` the properties of a part, which `make` makes when one of them is first read. */
export type LazyPart<Name extends string> = <
  Target extends object,
  Part extends Record<Name, unknown>,
>(
  target: Target,
  make: () => Part,
) => Target & Part

/**
 * Gives objects the properties of a part that is made when one of them is first read. All objects share the getters, so that a
 * part that nobody reads costs each of them one field.
 */
export function lazyPart<Name extends string>(names: readonly Name[]): LazyPart<Name> {
  const field = Symbol('part')
  type Part = Record<Name, unknown>
  type Holder = Record<typeof field, Part | (() => Part)>
  const partOf = (holder: Holder): Part => {
    const held = holder[field]
    return typeof held === 'function' ? (holder[field] = held()) : held
  }
  const getters: PropertyDescriptorMap = {}
  for (const name of names) {
    getters[name] = {
      get(this: Holder) {
        return partOf(this)[name]
      },
      enumerable: true,
    }
  }
  return (target, make) => {
    Object.defineProperty(target, field, { value: make, writable: true })
    return Object.defineProperties(target, getters) as never
  }
}
