/**
 * Live queries that are shared: whoever asks for an equal query gets the same live-query collection, so it is computed
 * once, and a query that is built again because something it read has changed costs nothing if it is still the same.
 *
 * Equal means: the same structure (the identity that @tanstack/db itself compares queries by), over the same collection
 * objects, with the same options. Functions (`fn.where`, `getKey`) are equal only if they are the same function; a query
 * with one inside a subquery is never shared. Held weakly: what nobody holds and nothing subscribes to is collected.
 */
import { beginAlike } from '../readable/keep.ts'
import { perObject } from '../readable/per-object.ts'
import { type DescribedQuery, describeQuery } from './query-ir.ts'
import {
  createCollection,
  createLiveQueryCollection,
  liveQueryCollectionOptions,
  Query,
} from '@tanstack/db'
import type {
  Collection,
  CollectionConfig,
  Context,
  ExtractContext,
  GetResult,
  InitialQueryBuilder,
  LiveQueryCollectionConfig,
  LiveQueryCollectionUtils,
  NonSingleResult,
  QueryBuilder,
  SingleResult,
} from '@tanstack/db'

import type { Readable } from '../readable/readable.ts'
import { setRead } from '../rows/recovery.ts'
import { rows } from '../rows/rows.ts'
import { nameQuery, type QueryKey } from '../rows/seeds.ts'
import { isWithoutRows, withoutRows } from '../libraries/without-rows.ts'
import { type AnyCollection, type AnyQuery, type AnyRow, queryOf } from '../libraries/tanstack.ts'

export interface LiveQueryOptions {
  /**
   * How long the result is kept up to date after the last subscriber has left, so that a route change does not compute
   * it again. In ms; 0 drops it at once, Infinity never.
   *
   * @default 5000, as @tanstack/db has it.
   */
  keepAliveMs?: number | undefined
  /**
   * Names the query from one page to the next, and from the server to the browser, for a seed of its rows: `seed(queryKey, …)`,
   * and `openSeeds`, which keeps no query without one. Text, numbers, and arrays and plain objects of them. Two queries of an
   * app that may be asked at once have different keys. What is shared does not depend on it.
   */
  queryKey?: QueryKey | undefined
}

/** Options of a live query as @tanstack/db takes them, and ours. */
export type LiveQueryConfig<C extends Context> = LiveQueryCollectionConfig<C> & LiveQueryOptions

/** The collection that holds the result of a query; a store of its rows too. */
export type LiveQueryCollection<C extends Context> = Collection<
  GetResult<C>,
  string | number,
  // oxlint-disable-next-line typescript/no-empty-object-type -- as @tanstack/db types its own
  {}
> & { utils: LiveQueryCollectionUtils } & (C extends SingleResult
    ? SingleResult
    : NonSingleResult) &
  Pick<Readable<readonly GetResult<C>[]>, 'subscribe'>

/**
 * The live query of a query function, shared by all who ask for an equal one.
 *
 * For code outside a component, and to hand one query to many: `useRows(liveQuery(…))`, `rows(liveQuery(…))`, `$open` in
 * Svelte. In a component `useLiveQuery` does the same for a query that depends on its state.
 *
 * Shape: a TanStack DB collection, the same object for equal queries while anyone holds it.
 * Cost: nothing before the first subscriber or `preload()`; kept up to date for `keepAliveMs` after the last one.
 * Source: `createLiveQueryCollection` of @tanstack/db.
 *
 * @example
 * const open = liveQuery((q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.done, 0)))
 * open.subscribe((rows) => render(rows))
 */
export function liveQuery<Built extends AnyQuery>(
  query: Built | ((q: InitialQueryBuilder) => Built),
  options: LiveQueryOptions = {},
): LiveQueryCollection<ExtractContext<Built>> {
  const built = typeof query === 'function' ? query(new Query()) : query
  return shareLiveQuery(built, { ...options }) as unknown as LiveQueryCollection<
    ExtractContext<Built>
  >
}

/** One live query that may be shared. */
interface Shared {
  /** What two queries of the same structure must also have in common, compared by identity. */
  readonly identity: readonly unknown[]
  readonly collection: WeakRef<AnyCollection>
}

/** By the first collection that a query reads, then by its structure. */
const sharedOf = perObject((_first: AnyCollection) => new Map<string, Shared[]>())

/** The live query of what a builder has built, with the other options of its config. */
export function shareLiveQuery(
  builder: AnyQuery,
  { queryKey, ...options }: Record<string, unknown> & LiveQueryOptions,
): AnyCollection {
  const collection = share(builder, options)
  if (queryKey !== undefined) nameQuery(collection, queryKey)
  return collection
}

function share(builder: AnyQuery, options: Record<string, unknown>): AnyCollection {
  const query = describeQuery(queryOf(builder))
  const { read, structure } = query
  const first = read[0]
  if (structure === undefined || first === undefined) return create(builder, query, options)

  const ofFirst = sharedOf(first)
  const alike = (ofFirst.get(structure.hash) ?? []).filter(isHeld)
  const identity = [...read, ...structure.functions, ...Object.entries(options).flat()]
  const same = alike.find((one) => beginAlike(one.identity, identity, Infinity))
  const shared = same?.collection.deref()
  if (shared !== undefined) return shared

  const collection = create(builder, query, options)
  ofFirst.set(structure.hash, [...alike, { identity, collection: new WeakRef(collection) }])
  forgetWhenCollected(collection, ofFirst, structure.hash)
  return collection
}

function isHeld({ collection }: Shared): boolean {
  return collection.deref() !== undefined
}

let collected: FinalizationRegistry<() => void> | undefined

/** Without it every text ever searched for would leave its query's structure behind. */
function forgetWhenCollected(
  collection: AnyCollection,
  ofFirst: Map<string, Shared[]>,
  hash: string,
): void {
  collected ??= new FinalizationRegistry((forget) => forget())
  collected.register(collection, () => {
    const alive = (ofFirst.get(hash) ?? []).filter(isHeld)
    if (alive.length === 0) ofFirst.delete(hash)
    else ofFirst.set(hash, alive)
  })
}

/** A live query of its own, with its key and its error, which nobody shares. */
export function ownLiveQuery(builder: AnyQuery, options: Record<string, unknown>): AnyCollection {
  return create(builder, describeQuery(queryOf(builder)), options)
}

function create(
  builder: AnyQuery,
  { read, key }: DescribedQuery,
  { keepAliveMs, ...options }: Record<string, unknown> & LiveQueryOptions,
): AnyCollection {
  const config = {
    ...key,
    // TanStack DB takes 0 for never.
    ...(keepAliveMs === undefined ? {} : { gcTime: Math.max(keepAliveMs, 1) }),
    ...options,
    query: builder as unknown as QueryBuilder<Context>,
  }
  const make = read.some(isWithoutRows) ? createWithoutRows : createLiveQueryCollection
  const collection = make(config) as AnyCollection
  setRead(collection, read)
  return Object.assign(collection, { subscribe: rows(collection).subscribe })
}

/** A live query that is never computed, for what it reads never has a row. */
function createWithoutRows(config: LiveQueryCollectionConfig<Context>): unknown {
  const options: object = { ...liveQueryCollectionOptions(config), ...withoutRows }
  return createCollection(options as CollectionConfig<AnyRow, string>)
}
