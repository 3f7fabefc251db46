/** Keeping what is the same: whoever compares by identity then runs nothing again. */

/** What shows nothing shows. */
export const noItems: readonly never[] = Object.freeze([])

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
