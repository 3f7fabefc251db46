/**
 * The write methods of a collection of ours. TanStack DB shows a write first in the collection and then in the live
 * queries over it; for listeners it is one change. A row that the collection has not read is not called missing, and a write of
 * one that a seed shows waits for it; a date that is set in place is changed.
 */
import { assignEditedDates } from './edited-dates.ts'
import { RowsignalError } from '../errors.ts'
import { endOf, lostError } from '../libraries/ending.ts'
import { targetOf } from '../write/write-target.ts'
import { batch } from '../readable/readable.ts'
import type { AnyCollection, AnyRow } from '../libraries/tanstack.ts'
import { ambientTransaction } from '../libraries/together.ts'
import { findShowing } from '../rows/seeds.ts'

const guarded = new WeakSet<AnyCollection>()

/** To be done before anybody writes: when the collection is made, or else when it starts. */
export function guardWrites(collection: AnyCollection): void {
  if (guarded.has(collection)) return
  guarded.add(collection)
  for (const name of ['insert', 'update', 'delete'] as const) {
    const write = collection[name] as (...args: unknown[]) => unknown
    const guardedWrite = (...args: unknown[]): unknown => {
      assertServes(collection)
      if (name !== 'insert') {
        const missing = findMissing(collection, args[0] as string | string[])
        if (missing.length > 0) {
          const seeded = findShowing(collection, missing)
          if (seeded === undefined || ambientTransaction() !== undefined)
            throw notLoaded(collection, missing[0]!)
          return seeded.writeWhenRead(() => guardedWrite(...args))
        }
      }
      const given = name === 'update' ? withEditedDates(collection, args) : args
      return batch(() => write.apply(collection, given))
    }
    Object.assign(collection, { [name]: guardedWrite })
  }
}

/** TanStack DB would say that the collection is in error, and not why. */
function assertServes(collection: AnyCollection): void {
  if (endOf(targetOf(collection).database) === 'lost') throw lostError()
}

/** The rows that have not been read yet. Of a collection in step, and of one in error, TanStack DB itself says what is wrong. */
function findMissing(collection: AnyCollection, keys: string | string[]): string[] {
  const { status } = collection
  if (status === 'ready' || status === 'error') return []
  return [keys].flat().filter((key) => !collection.has(key))
}

function notLoaded({ id, status }: AnyCollection, missing: string): RowsignalError {
  return new RowsignalError(
    'row-not-loaded',
    `write: collection \`${id}\` (${status}) has not read row \`${missing}\`. Await \`collection.preload()\` first; ` +
      '`startSync: true` and `gcTime: 0` keep a collection read that no page shows.',
  )
}

/** The arguments of an update whose change function also assigns the dates that it has set in place. */
function withEditedDates(collection: AnyCollection, args: unknown[]): unknown[] {
  const change = args.at(-1)
  if (typeof change !== 'function') return args // TanStack DB says what is missing
  const [keys] = args as [string | string[]]
  const changeAndAssign = (drafts: AnyRow | AnyRow[]): void => {
    change(drafts)
    const edited = [drafts].flat()
    for (const [index, key] of [keys].flat().entries()) {
      assignEditedDates(edited[index]!, collection.get(key) as AnyRow)
    }
  }
  return [...args.slice(0, -1), changeAndAssign]
}
