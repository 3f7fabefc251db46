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
