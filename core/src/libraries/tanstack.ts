/**
 * What is read of collections and transactions of @tanstack/db beyond its public types. Run on 0.9.2 and 0.15.2; all that is
 * relied on is in docs/rooms/libraries.md.
 */
import { CollectionImpl } from '@tanstack/db'
import type {
  BaseQueryBuilder,
  Collection,
  IR,
  PendingMutation,
  SyncConfig,
  Transaction,
} from '@tanstack/db'
import { RowsignalError } from '../errors.ts'

/** A row as TanStack DB holds it. */
export type AnyRow = Record<string, unknown>

const virtualNames = ['$hasPendingWrites', '$synced', '$origin', '$key', '$collectionId'] as const

/** A property that TanStack DB (0.15.2; 0.9.2 has no `$hasPendingWrites`) gives to every row that it hands out. */
export type VirtualName = (typeof virtualNames)[number]

/** Whether this is the name of such a property, which is nobody's column. */
export function isVirtual(name: string): boolean {
  return virtualNames.some((virtual) => virtual === name)
}

/** The row itself, or a copy without such properties, if it has any. */
export function withoutVirtual(row: object): object {
  if (!virtualNames.some((name) => Object.hasOwn(row, name))) return row
  const columns: AnyRow = { ...row }
  for (const name of virtualNames) delete columns[name]
  return columns
}

// The library never looks into the schema and the utilities of a collection that it is handed.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyCollection = Collection<any, any, any, any, any>

/** A query builder, whatever it builds: those of different queries are not assignable to each other. */
export interface AnyQuery {
  readonly distinct: () => unknown
  readonly findOne: () => unknown
  readonly limit: (count: number) => unknown
}

/** What TanStack DB hands to a collection's `sync`. */
export type SyncWriter = Parameters<SyncConfig<AnyRow, string>['sync']>[0]

/**
 * Whether a window asks for its own rows again when one of them goes, as on 0.15; on 0.9.2 it asks for the whole source. Told
 * apart by what 0.15 hands to a sync for asking that of itself.
 */
export function refetchesWindows(writer: SyncWriter): boolean {
  return 'invalidateLoadedSubsets' in writer
}

interface CollectionState {
  readonly transactions: { values(): Iterable<Transaction> }
  readonly syncedData: {
    get(key: string | number): AnyRow | undefined
    has(key: string | number): boolean
    keys(): Iterable<string>
  }
  readonly optimisticUpserts: { keys(): Iterable<string>; has(key: string): boolean }
  readonly optimisticDeletes: { has(key: string): boolean }
  readonly pendingSyncedTransactions: readonly {
    readonly operations: readonly { readonly key: string }[]
  }[]
  onTransactionStateChange(): void
}

/** Whether our copy of TanStack DB made it, so that its state is as we know it. */
export function isTanstackCollection(collection: object): collection is AnyCollection {
  return collection instanceof CollectionImpl
}

/**
 * @throws {RowsignalError} `two-copies-of-tanstack-db` when another copy than ours made the collection;
 * `unsupported-tanstack-db` when it does not keep its state as the versions that the library was tested on do.
 */
export function assertSupportedCollection(collection: AnyCollection): void {
  if (!isTanstackCollection(collection)) {
    throw new RowsignalError(
      'two-copies-of-tanstack-db',
      'collection: it was made by another copy of @tanstack/db than the one that rowsignal uses, and two copies do not ' +
        'know each other. `npm ls @tanstack/db` or `pnpm why @tanstack/db` shows both versions; override one of them.',
    )
  }
  const state = (collection as { _state?: Partial<CollectionState> })._state
  if (
    typeof state?.transactions?.values === 'function' &&
    typeof state.syncedData?.get === 'function' &&
    typeof state.optimisticUpserts?.keys === 'function' &&
    typeof state.optimisticDeletes?.has === 'function' &&
    typeof state.onTransactionStateChange === 'function' &&
    Array.isArray(state.pendingSyncedTransactions)
  ) {
    return
  }
  throw new RowsignalError(
    'unsupported-tanstack-db',
    `collection: \`${collection.id}\` was made by a version of @tanstack/db that is not supported. ` +
      'Install a version in the range of the peer dependency, in one copy.',
  )
}

function stateOf(collection: AnyCollection): CollectionState {
  return (collection as unknown as { _state: CollectionState })._state
}

/** Has the collection show what its transactions say now. */
export function recompute(collection: AnyCollection): void {
  stateOf(collection).onTransactionStateChange()
}

/** The row below all optimistic changes. */
export function syncedRow(collection: AnyCollection, key: string | number): AnyRow | undefined {
  return stateOf(collection).syncedData.get(key)
}

/**
 * The first keys in the order of the collection, as its `keys()` has them: that is two generators, which take 3 times as long
 * for 10,000 rows.
 */
export function firstKeys(collection: AnyCollection, count: number): (string | number)[] {
  const { syncedData, optimisticUpserts, optimisticDeletes } = stateOf(collection)
  const keys: string[] = []
  for (const key of syncedData.keys()) {
    if (keys.length >= count) return keys
    if (!optimisticDeletes.has(key)) keys.push(key)
  }
  for (const key of optimisticUpserts.keys()) {
    if (keys.length >= count) return keys
    if (!syncedData.has(key) && !optimisticDeletes.has(key)) keys.push(key)
  }
  return keys
}

/**
 * How often rows have moved in a collection that did not change themselves, and so have no event; undefined where that is
 * not counted.
 */
export function silentMoves(collection: AnyCollection): number | undefined {
  return (collection as unknown as { _layoutRevision?: number })._layoutRevision
}

/**
 * The keys of all rows that the collection shows, has below its optimistic changes, or is told of by a sync commit that
 * waits for a transaction; some may come twice.
 */
export function* knownKeys(collection: AnyCollection): Generator<string, void> {
  const { syncedData, optimisticUpserts, pendingSyncedTransactions } = stateOf(collection)
  yield* syncedData.keys()
  yield* optimisticUpserts.keys()
  for (const { operations } of pendingSyncedTransactions) {
    for (const { key } of operations) yield key
  }
}

/** Whether a write that is not in SQLite yet is about the row. */
export function hasOptimisticChange(collection: AnyCollection, key: string): boolean {
  const { optimisticUpserts, optimisticDeletes } = stateOf(collection)
  return optimisticUpserts.has(key) || optimisticDeletes.has(key)
}

/** The transactions that now write rows of this collection; while there is one, TanStack DB holds its sync commits. */
export function persistingTransactions(collection: AnyCollection): Transaction[] {
  return openTransactions(collection).filter(({ state }) => state === 'persisting')
}

/** The transactions that write rows of this collection, or will when they are committed. */
export function openTransactions(collection: AnyCollection): Transaction[] {
  return [...stateOf(collection).transactions.values()].filter(
    ({ state }) => state === 'persisting' || state === 'pending',
  )
}

/** What the sync of a collection in error gave as the reason, if it gave one. */
export function syncErrorOf(collection: AnyCollection): unknown {
  return (
    collection as unknown as { _lifecycle: { getSyncError(): unknown } }
  )._lifecycle.getSyncError()
}

/**
 * Has each collection that is made of a sync config get `utils` of its own: a copy of those in its options, which `bind`
 * completes. By itself TanStack DB gives them all the same object.
 *
 * It is how the adapters of TanStack DB do it (0.9.2, 0.15.2), but the function that sets the property is not exported.
 */
export function bindUtils<Sync extends object>(sync: Sync, bind: (utils: object) => void): Sync {
  // 0.9.2 calls it with `utils` as a method of the sync config, 0.15.2 with the sync config and `utils`.
  function factory(this: Sync, ...given: [object] | [Sync, object]): Sync {
    const [source, utils] = given.length === 1 ? [this, given[0]] : given
    bind(utils)
    return source
  }
  return { ...sync, [Symbol.for('@tanstack/db.collectionSyncConfig.factory')]: factory }
}

/** What a query builder has built. */
export function queryOf(builder: AnyQuery): IR.QueryIR {
  return (builder as unknown as BaseQueryBuilder)._getQuery()
}

/**
 * The place of a write among those of the same turn: by its first mutation on 0.15, which counts them; all alike on
 * 0.9.2, which calls handlers in the order of the writes.
 */
export function positionOf(mutations: readonly PendingMutation[]): number {
  const counts = mutations.map(({ mutationId }) =>
    Number(/^[\da-f-]{36}-(\d+)$/.exec(mutationId)?.[1]),
  )
  const position = Math.min(...counts)
  return Number.isNaN(position) ? 0 : position
}

/** Calls `listener` once the transaction has settled either way. */
export function onSettled(transaction: Transaction, listener: () => void): void {
  transaction.isPersisted.promise.then(listener, listener)
}
