/** The rows of a collection as readables, plain and framework-free. */
import type { RowCollection, RowKey } from './row-collection.ts'
import { keyedRows } from './keyed-rows.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable } from '../readable/readable.ts'

const rowsOf = perObject((collection: RowCollection<object, RowKey>) => {
  const keyed = keyedRows(collection)
  return createReadable({
    get: () => keyed.rows(),
    start: (changed) => keyed.listen(changed),
  })
})

/**
 * The rows of a collection, in its order, as a readable.
 *
 * For code outside a framework, and for what wants plain objects; a list in a template is better served by `useRows`,
 * which runs only the changed rows again.
 *
 * Shape: a frozen array of the collection's own rows; the same array until one of them changes, the same readable
 * for the same collection. Cost: O(rows) for the first read after a commit.
 */
export function rows<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
): Readable<readonly Row[]> {
  return rowsOf(collection) as Readable<readonly Row[]>
}

const noRow: Readable<undefined> = createReadable({ get: () => undefined, start: () => () => {} })

/**
 * One row of a collection as a readable, undefined while the collection does not hold it and without a key.
 *
 * Shape: the collection's own object, the same until the row changes. Cost: nothing for commits of other rows; any
 * number of watched rows share one subscription.
 */
export function row<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
  key: Key | null | undefined,
): Readable<Row | undefined> {
  if (key === null || key === undefined) return noRow
  const keyed = keyedRows(collection)
  return createReadable({
    get: () => collection.get(key),
    start: (changed) => keyed.listenRow(key, changed),
  })
}
