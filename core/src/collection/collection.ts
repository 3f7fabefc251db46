/**
 * Puts the rooms together: a TanStack DB collection over a PowerSync table, with the options, names and result of
 * `@tanstack/powersync-db-collection`, and the factory whose collections are also stores.
 */
import { lockHoldersOf } from '../libraries/lock-holders.ts'
import { writeTarget } from '../write/write-target.ts'
import { createCollection, withCollectionConfigFactory } from '@tanstack/db'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { RowType, Table } from '@powersync/common'
import type {
  Collection,
  CollectionConfig,
  InferSchemaInput,
  InferSchemaOutput,
  NonSingleResult,
  PendingMutation,
  StringCollationConfig,
  Transaction,
  UtilsRecord,
} from '@tanstack/db'
import type { BadRow } from '../codec/codec.ts'
import type { ConfiguredSchema, PowerSyncCollectionConfig } from './config.ts'
import { CollectionRuns } from './runs.ts'
import { type CollectionStream, CollectionStreams, withStream } from './streams.ts'
import { attempt, RowsignalError } from '../errors.ts'
import { guardWrites } from './guarded-writes.ts'
import { isServerDatabase } from '../libraries/powersync.ts'
import type { Readable } from '../readable/readable.ts'
import { assertRowOptions, rowCodec, sqlColumns } from '../codec/row-options.ts'
import type { RowOptions } from '../codec/row-options.ts'
import { rows } from '../rows/rows.ts'
import { withoutRows } from '../libraries/without-rows.ts'
import type { SqliteValue } from '../codec/sqlite-values.ts'
import { tableSchema } from '../codec/table-schema.ts'
import { FollowedTable } from '../capture/followed-table.ts'
import type { SyncMode } from '../capture/follower.ts'
import { type AnyRow, bindUtils, type SyncWriter } from '../libraries/tanstack.ts'
import { persist } from '../write/persist.ts'
import { writeSchema } from './write-schema.ts'

/** What `utils.getMeta()` tells of a collection. */
export interface PowerSyncCollectionMeta<T extends Table = Table> {
  /** The view that the collection reads and writes. */
  tableName: string
  /** The table that records which rows have changed; empty before the collection has started. */
  trackedTableName: string
  /** Whether the table keeps the metadata of writes. */
  metadataIsTracked: boolean
  /** A row, or a part of one, as SQLite takes it. */
  serializeValue(value: AnyRow): { [Name in keyof RowType<T>]?: SqliteValue }
}

/** `collection.utils` of a PowerSync collection; the same of each, whatever its table. */
export interface PowerSyncCollectionUtils<T extends Table = Table> extends UtilsRecord {
  getMeta(): PowerSyncCollectionMeta<T>
  /** The stored rows that can't be shown now, by id. */
  badRows: ReadonlyMap<string, BadRow>
  /**
   * Why the status is `error`: `capture-failed`, `table-not-in-schema` (the rows are then gone), `load-hook-failed`,
   * `database-closed`. The rows are as they were then.
   */
  readonly error: RowsignalError | undefined
  /** Reads again, and runs `onLoad` and `onLoadSubset` again, what of these has failed. */
  retry(): void
  /** The sync streams that are open for the collection, how far each is, and whether it has been downloaded once. */
  readonly streams: Readable<readonly CollectionStream[]>
  /**
   * Whether the sync has brought all that is wanted here: each open stream has been downloaded once, of a collection
   * without streams everything has. The status `ready` says something else: that SQLite has been read.
   */
  readonly synced: boolean
  /**
   * Whether changes of SQLite, or rows of the first read, wait because somebody's `mutationFn` has held this collection for
   * over a second. Other collections have gone on without it meanwhile.
   */
  isHeld(): boolean
}

/** Options for TanStack DB's `createCollection`. */
export type PowerSyncCollectionOptions<S extends StandardSchemaV1> = Omit<
  CollectionConfig<InferSchemaOutput<S>, string, S, PowerSyncCollectionUtils>,
  'utils' | 'schema'
> & { schema: S; utils: PowerSyncCollectionUtils } & NonSingleResult

/** A TanStack DB collection that is also a store of its rows, in key order. */
export type PowerSyncCollection<S extends StandardSchemaV1> = Collection<
  InferSchemaOutput<S>,
  string,
  PowerSyncCollectionUtils,
  S,
  InferSchemaInput<S>
> &
  NonSingleResult &
  Pick<Readable<readonly InferSchemaOutput<S>[]>, 'subscribe'>

/** Rows a chunk of the first read when `syncBatchSize` is left out. */
export const DEFAULT_BATCH_SIZE = 10_000
const defaultLockWarnMs = 5_000

/**
 * Options for TanStack DB's `createCollection` over a PowerSync table; takes and gives what the function of the same
 * name in `@tanstack/powersync-db-collection` does.
 *
 * Most apps want `createPowerSyncCollection`, which makes the collection too.
 *
 * Cost: one trigger a table while a collection of it is alive; the first read is a statement for `syncBatchSize` rows. It
 * starts when the collection is made, as upstream's does, unless `startSync` is false.
 *
 * @throws {RowsignalError} `table-not-in-schema`, `table-unsupported`, `options-conflict`, `column-not-in-schema`,
 * `column-type-mismatch`, `unsupported-powersync`.
 */
export function powerSyncCollectionOptions<
  T extends Table,
  S extends StandardSchemaV1 = never,
  const Columns = unknown,
>(
  config: PowerSyncCollectionConfig<T, S, Columns>,
): PowerSyncCollectionOptions<ConfiguredSchema<T, S, Columns>> {
  const { database, id, gcTime, startSync, autoIndex, defaultIndexType } = config
  const { compare, syncMode = 'eager' } = config
  const rowOptions = config as unknown as RowOptions
  const followed = new FollowedTable({
    database,
    table: config.table,
    lockWarnMs: config.lockWarnMs ?? defaultLockWarnMs,
    createCodec: (table) => rowCodec(table, rowOptions),
    createSqlColumns: (table) => sqlColumns(table, rowOptions),
  })
  lockHoldersOf(database)
  assertRowOptions(followed.table, rowOptions)
  assertHooks(syncMode, config)
  const runs = new WeakMap<object, CollectionRuns>()
  const bind = (utils: object): CollectionRuns => {
    const streams = new CollectionStreams(database)
    const { stream } = config
    const own = new CollectionRuns({
      followed,
      syncMode,
      ...withStream(streams, { syncMode, stream }, config),
      keepAliveMs: config.keepAliveMs ?? 0,
      chunkRows: config.syncBatchSize ?? DEFAULT_BATCH_SIZE,
      onBadRow: ({ issues }) => attempt(() => config.onDeserializationError?.({ issues })),
    })
    runs.set(utils, own)
    Object.defineProperties(
      utils,
      Object.getOwnPropertyDescriptors(utilsOf(own, followed, streams)),
    )
    return own
  }
  const runsOf = (utils: object): CollectionRuns => runs.get(utils) ?? bind(utils)
  const utils = {}
  bind(utils)

  const persistOwn = async (parameters: {
    transaction: { mutations: readonly PendingMutation[] }
  }): Promise<void> => {
    const { transaction } = parameters
    await persist(transaction as unknown as Transaction, transaction.mutations)
  }

  const options = {
    ...given({ id, gcTime, autoIndex, defaultIndexType, compare }),
    ...given({ defaultStringCollation: config.defaultStringCollation ?? collationOf(syncMode) }),
    syncMode: syncMode === 'eager' ? syncMode : ('on-demand' as const),
    ...writeTarget(followed),
    startSync: startSync ?? true,
    getKey: (row: AnyRow) => row.id as string,
    schema: writeSchema(rowOptions.schema ?? tableSchema(() => followed.table, rowOptions.columns)),
    sync: bindUtils(
      {
        rowUpdateMode: 'full' as const,
        sync: (writer: SyncWriter) => runsOf(writer.collection.utils).start(writer),
      },
      bind,
    ),
    onInsert: persistOwn,
    onUpdate: persistOwn,
    onDelete: persistOwn,
    utils,
    ...(isServerDatabase(database) ? withoutRows : {}),
  }
  return withCollectionConfigFactory(options, () => options) as never
}

/**
 * Makes a TanStack DB collection over a PowerSync table, in step with SQLite in both directions.
 *
 * It goes wherever a TanStack DB collection goes (queries, `useLiveQuery` of any adapter), and it is a store of its
 * rows: `$todos` in Svelte, `rows(todos)` and `useRows(todos)` everywhere.
 *
 * Shape: rows keyed by `id`, in key order, each with every declared column (`null` where there is no value); the same
 * object until the row changes. A write is shown at once and written to SQLite in one transaction; the promise
 * `isPersisted` resolves when SQLite has it.
 * Cost: as `powerSyncCollectionOptions`. Reading starts with the first subscriber, `preload()`, or `startSync`; on a
 * server, where @powersync/web keeps no rows, never: the status is `loading`.
 *
 * @throws {RowsignalError} `table-not-in-schema`, `table-unsupported`, `options-conflict`, `column-not-in-schema`,
 * `column-type-mismatch`, `unsupported-powersync`.
 * @example
 * const todos = createPowerSyncCollection({ database, table: schema.props.todos })
 * todos.insert({ id: crypto.randomUUID(), title: 'Pack' })
 */
export function createPowerSyncCollection<
  T extends Table,
  S extends StandardSchemaV1 = never,
  const Columns = unknown,
>(
  config: PowerSyncCollectionConfig<T, S, Columns>,
): PowerSyncCollection<ConfiguredSchema<T, S, Columns>> {
  const lazy = { ...config, startSync: config.startSync ?? false }
  const collection = createCollection(powerSyncCollectionOptions(lazy))
  guardWrites(collection)
  return Object.assign(collection, { subscribe: rows(collection).subscribe })
}

function utilsOf(
  runs: CollectionRuns,
  followed: FollowedTable,
  streams: CollectionStreams,
): PowerSyncCollectionUtils {
  return {
    streams: streams.readable,
    get synced() {
      return streams.synced
    },
    badRows: runs.badRows,
    get error() {
      return runs.error
    },
    retry: () => runs.retry(),
    isHeld: () => runs.isHeld,
    getMeta: () => metaOf(followed, runs.trackingTable),
  }
}

function metaOf(followed: FollowedTable, trackedTableName: string): PowerSyncCollectionMeta {
  return {
    tableName: followed.table.viewName,
    trackedTableName,
    metadataIsTracked: followed.table.trackMetadata,
    serializeValue: ({ id, ...values }) => ({
      ...(typeof id === 'string' && { id }),
      ...followed.codec.encode(values),
    }),
  }
}

function assertHooks(
  syncMode: string,
  { onLoadSubset, stream }: { onLoadSubset?: unknown; stream?: unknown },
): asserts syncMode is SyncMode {
  if (!['eager', 'on-demand', 'progressive'].includes(syncMode)) {
    throw new RowsignalError(
      'options-conflict',
      `collection: there is no syncMode \`${syncMode}\`. It is \`eager\`, \`on-demand\` or \`progressive\`.`,
    )
  }
  if (syncMode !== 'eager' || (onLoadSubset === undefined && typeof stream !== 'function')) return
  throw new RowsignalError(
    'options-conflict',
    'collection: `onLoadSubset`, and a `stream` that depends on what is asked for, need the syncMode `on-demand` or `progressive`: ' +
      'an eager collection is asked for nothing. Take `onLoad` and one stream, or another mode.',
  )
}

/** SQLite knows no order by locale, so that the first rows of such an order can't be asked for. */
function collationOf(syncMode: SyncMode): StringCollationConfig | undefined {
  return syncMode === 'eager' ? undefined : { stringSort: 'lexical' }
}

/** Without the options that were not given: TanStack DB takes an explicit `undefined` for a value. */
function given(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
