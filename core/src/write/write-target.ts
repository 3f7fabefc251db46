/** Which table the rows of a collection are written to. */
import type { FollowedTable } from '../capture/followed-table.ts'
import { RowsignalError } from '../errors.ts'
import type { AnyCollection } from '../libraries/tanstack.ts'

// In the options: known before the collection is, and kept when they, or parts of them, are spread.
const target = Symbol('table')

/** The part of a collection's options that makes it writable by `persist`. */
export function writeTarget(followed: FollowedTable): object {
  return { [target]: followed }
}

/** @throws {RowsignalError} `not-a-powersync-collection`. */
export function targetOf(collection: AnyCollection): FollowedTable {
  const followed = (collection.config as { [target]?: FollowedTable })[target]
  if (followed !== undefined) return followed
  throw new RowsignalError(
    'not-a-powersync-collection',
    `write: collection \`${collection.id}\` was not made by rowsignal. Persist its mutations in a transaction of their own.`,
  )
}
