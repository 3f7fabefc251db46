/** Keeping what is the same: whoever compares by identity then runs nothing again. */

/** What shows nothing shows. */
export const noItems: readonly never[] = Object.freeze([])

/** Gives the value before for one that is the same. */
export function keeper<Value>(
  same: (before: Value, next: Value) => boolean,
): (next: Value) => Value {
  let kept: { readonly value: Value } | undefined
  return (next) => {
    if (kept === undefined || !same(kept.value, next)) kept = { value: next }
    return kept.value
  }
}

/**
 * Makes a value when none of the last two was made with the same inputs. Two, since a framework may take down with the
 * inputs of before (svelte 5.57.3).
 */
export function remaker<Value>(): (inputs: readonly unknown[], make: () => Value) => Value {
  let made: readonly { readonly inputs: readonly unknown[]; readonly value: Value }[] = []
  return (inputs, make) => {
    let found = made.find((one) => beginAlike(one.inputs, inputs, Infinity))
    if (found === undefined) made = [(found = { inputs, value: make() }), ...made.slice(0, 1)]
    return found.value
  }
}

/**
 * `previous` if it holds the same items in the same order, or else `next`, frozen: whoever shows the collection is given
 * the same array, and one that sorts it in place would sort it for all.
 */
export function keepIfSame<Item>(
  previous: readonly Item[],
  next: readonly Item[],
): readonly Item[] {
  return beginAlike(previous, next, Infinity) ? previous : Object.freeze(next)
}

/** Whether the first `end` items are the same. A loop: `every` and `slice` are slow on frozen arrays (V8). */
export function beginAlike(
  left: readonly unknown[],
  right: readonly unknown[],
  end: number,
): boolean {
  const length = Math.min(left.length, end)
  if (length !== Math.min(right.length, end)) return false
  if (left === right) return true
  for (let index = 0; index < length; index++) {
    if (!Object.is(left[index], right[index])) return false
  }
  return true
}
