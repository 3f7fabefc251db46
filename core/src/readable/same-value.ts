/**
 * Values of a column that are objects (dates, JSON): whether two are the same, and that nobody changes one in place.
 */

/**
 * Whether two values are equal, as far as can be known: dates, bytes, arrays and plain objects without circles. Of any other
 * object only its class knows; `deepEquals` of @tanstack/db takes any two URLs for equal.
 *
 * @param path The objects that `left` is in.
 */
export function isSameValue(left: unknown, right: unknown, path: readonly object[] = []): boolean {
  if (Object.is(left, right)) return true
  if (!isObject(left) || !isObject(right) || path.includes(left)) return false
  if (Object.getPrototypeOf(left) !== Object.getPrototypeOf(right)) return false
  if (left instanceof Date) return Object.is(left.getTime(), (right as Date).getTime())
  if (left instanceof Uint8Array) return isSameBytes(left, right as Uint8Array)
  if (!isPlain(left)) return false
  const inner = [...path, left]
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every(
      (key) =>
        Object.hasOwn(right, key) &&
        isSameValue(Reflect.get(left, key), Reflect.get(right, key), inner),
    )
  )
}

type Columns = Record<string, unknown>

function isSameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index])
}

/** `row` with the objects of `before` in place of its own that are the same, so that their readers are not told. */
export function keepSameValues(row: Columns, before: Columns): Columns {
  let kept = row
  for (const [name, value] of Object.entries(row)) {
    if (!isObject(value) || !isSameValue(value, before[name])) continue
    if (kept === row) kept = { ...row }
    kept[name] = before[name]
  }
  return kept
}

/** Freezes an array or plain object, through and through. */
export function freeze(value: unknown, path: readonly object[] = []): void {
  if (!isPlain(value) || path.includes(value)) return
  Object.freeze(value)
  for (const inner of Object.values(value)) freeze(inner, [...path, value])
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Whether this is an array, or an object of no class. */
export function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false
  if (Array.isArray(value)) return true
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
