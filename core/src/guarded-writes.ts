/**
 * The write methods of a collection of ours. TanStack DB shows a write first in the collection and then in the live
 * queries over it; for listeners it is one change. And a row that the collection has not read is not called missing.
 */
import { RowsignalError } from './errors.ts'
import { batch } from './readable.ts'
import type { AnyCollection } from './tanstack.ts'

const guarded = new WeakSet<AnyCollection>()

/** To be done before anybody writes: when the collection is made, or else when it starts. */
export function guardWrites(collection: AnyCollection): void {
  if (guarded.has(collection)) return
  guarded.add(collection)
  for (const name of ['insert', 'update', 'delete'] as const) {
    const write = collection[name] as (...args: unknown[]) => unknown
    const guardedWrite = (...args: unknown[]): unknown => {
      if (name !== 'insert') assertLoaded(collection, args[0] as string | string[])
      return batch(() => write.apply(collection, args))
    }
    Object.assign(collection, { [name]: guardedWrite })
  }
}

/** Of a collection in step, and of one in error, TanStack DB itself says what is wrong. */
function assertLoaded(collection: AnyCollection, keys: string | string[]): void {
  const { id, status } = collection
  if (status === 'ready' || status === 'error') return
  const missing = [keys].flat().find((key) => !collection.has(key))
  if (missing === undefined) return
  throw new RowsignalError(
    'row-not-loaded',
    `write: collection \`${id}\` (${status}) has not read row \`${missing}\`. Await \`collection.preload()\` first; ` +
      '`startSync: true` and `gcTime: 0` keep a collection read that no page shows.',
  )
}
