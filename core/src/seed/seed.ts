/** Rows that the page was given, for a collection or a query that the browser has not read yet. */
import type { Seeds } from '../readable/framework.ts'
import { perObject } from '../readable/per-object.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import type { RowOf } from '../rows/row-of.ts'
import { nameOf, queryNames, type QueryKey } from '../rows/seeds.ts'
import { SeededCollection } from './seeded-rows.ts'

/**
 * The rows of a collection or query for the hooks to show until SQLite has been read; a server shows them for good.
 *
 * Give it to the page by `provideSeeds` of the binding, on the server and in the browser alike. Hooks say `isSeed` while they
 * show it. Its status is that of the collection, `loading`.
 *
 * Shape: rows as the collection holds them (dates, booleans), in the order in which they are shown; copied. Those of a query
 * without a key of its own (a join, a group) are kept apart by their `$key`, or by their place. Replaced in one change when
 * the collection is ready, in error or cleaned up; a row that is equal keeps its object, and with it its node.
 * Cost: none in an app that does not import it. Nothing is written to the collection, and nothing is started.
 *
 * @param what A collection, the same `liveQuery` that the page asks for (also by an equal query function), or the `queryKey`
 * of `useLiveQuery`.
 * @param options.size How many rows there are, where `rows` are the first alone. @default rows.length
 * @example
 * provideSeeds([seed(todos, page.todos), seed(['open', list.id], page.open)])
 */
export function seed<Rows extends { readonly toArray: readonly object[] } & object>(
  what: Rows,
  rows: readonly NoInfer<RowOf<Rows>>[],
  options?: { readonly size?: number },
): Seeds
export function seed(
  what: QueryKey,
  rows: readonly object[],
  options?: { readonly size?: number },
): Seeds
export function seed(
  what: object,
  rows: readonly object[],
  { size = rows.length }: { readonly size?: number } = {},
): Seeds {
  const name = Array.isArray(what) ? nameOf(what) : undefined
  const copies = rows.map((row) => ({ ...row }))
  const standIn = perObject((collection: RowCollection<object, RowKey>) => {
    const keyed = new Map(copies.map((row, index) => [keyOf(collection, row) ?? index, row]))
    return new SeededCollection(collection, { rows: keyed, size })
  })
  const isMeant = (collection: object): boolean =>
    name === undefined ? collection === what : queryNames(collection).has(name)
  return {
    find: (collection) =>
      isMeant(collection) ? standIn(collection as RowCollection<object, RowKey>) : undefined,
  }
}

function keyOf(collection: RowCollection<object, RowKey>, row: object): RowKey | undefined {
  const { $key } = row as { $key?: RowKey }
  const key: RowKey | undefined = $key ?? collection.config.getKey(row)
  return key
}
