/**
 * What stands in for a collection that has not been read yet, where somebody provides it to the page: a seed. What it is and
 * where it comes from is the business of the room `seed`, so that an app without one has none of it.
 */
import type { Seeds } from '../readable/framework.ts'
import { perObject } from '../readable/per-object.ts'
import type { RowCollection, RowKey } from './row-collection.ts'

/** A collection that shows a seed until the one behind it has been read, and that one's rows from then on. */
export interface SeededRows<Row extends object, Key extends RowKey> extends RowCollection<
  Row,
  Key
> {
  /** The collection that it stands in for. */
  readonly source: RowCollection<Row, Key>
  /** Whether it shows the seed now. */
  readonly isSeed: boolean
  /** Makes a write of rows that only the seed has as soon as they have been read. */
  writeWhenRead(write: () => void): unknown
}

/** Names a query from one page to the next, and from the server to the browser: text, numbers, and what is made of them. */
export type QueryKey = readonly unknown[]

/** The names of a shared live query, which several components may give it. */
const namesOf = perObject((_collection: object) => new Set<string>())

export function nameQuery(collection: object, key: QueryKey): void {
  namesOf(collection).add(nameOf(key))
}

export function nameOf(key: QueryKey): string {
  return JSON.stringify(key)
}

export function queryNames(collection: object): ReadonlySet<string> {
  return namesOf(collection)
}

/** The collection itself, or what stands in for it. */
export function withSeeds<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
  seeds: readonly Seeds[],
  key?: Key,
): RowCollection<Row, Key> {
  for (const one of seeds) {
    const found = one.find(collection, key)
    if (found !== undefined) return found as SeededRows<Row, Key>
  }
  return collection
}

function isSeeded<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
): collection is SeededRows<Row, Key> {
  return 'isSeed' in collection
}

/** The collection that is asked for, whatever stands in for it. */
export function sourceOf<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
): RowCollection<Row, Key> {
  return isSeeded(collection) ? collection.source : collection
}

/** Whether what is shown is a seed now. */
export function showsSeed<Row extends object, Key extends RowKey>(
  collection: RowCollection<Row, Key>,
): boolean {
  return isSeeded(collection) && collection.isSeed
}

type AnySeeded = Pick<SeededRows<object, RowKey>, 'isSeed' | 'writeWhenRead'> & {
  has(key: RowKey): boolean
}

const followed = new WeakMap<object, Set<AnySeeded>>()

/** Says that a page shows the rows of a seed, which may be written to. */
export function setFollowed(source: object, seeded: AnySeeded): void {
  followed.set(source, (followed.get(source) ?? new Set()).add(seeded))
}

/** Says that no page shows them any more. */
export function setUnfollowed(source: object, seeded: AnySeeded): void {
  followed.get(source)?.delete(seeded)
}

/** The seed by which a page shows all of these rows, none of which the collection itself has read. */
export function findShowing(source: object, keys: readonly RowKey[]): AnySeeded | undefined {
  for (const seeded of followed.get(source) ?? [])
    if (seeded.isSeed && keys.every((key) => seeded.has(key))) return seeded
  return undefined
}
