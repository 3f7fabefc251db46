/**
 * Puts the rooms together: a TanStack DB collection over a PowerSync table, with the options, names and result of
 * `@tanstack/powersync-db-collection`, and the factory whose collections are also stores.
 */
import { createCollection } from '@tanstack/db'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Table } from '@powersync/common'
import type {
  CleanupFn,
  Collection,
  CollectionConfig,
  InferSchemaInput,
  InferSchemaOutput,
  NonSingleResult,
  PendingMutation,
  Transaction,
  UtilsRecord,
} from '@tanstack/db'
import { captureOf } from './capture.ts'
import type { BadRow } from './codec.ts'
import type { PowerSyncSchemaConfig, PowerSyncTableConfig } from './collection-config.ts'
import { CollectionSync } from './collection-sync.ts'
import { attempt, RowsignalError } from './errors.ts'
import { indexKeys } from './key-index.ts'
import { isServerDatabase } from './powersync.ts'
import { batch, type Readable } from './readable.ts'
import { assertRowOptions, rowCodec } from './row-options.ts'
import type { RowOptions } from './row-options.ts'
import { rows } from './rows.ts'
import { withoutRows } from './server.ts'
import type { SqliteValue } from './sqlite-values.ts'
import { type SchemaOfTable, tableSchema } from './table-schema.ts'
import { TableSource } from './table-source.ts'
import { assertSupportedCollection } from './tanstack.ts'
import type { AnyCollection, AnyRow, SyncWriter } from './tanstack.ts'
import { persist, setWriteTarget } from './write.ts'
import { writeSchema } from './write-schema.ts'

/** What `utils.getMeta()` tells of a collection. */
export interface PowerSyncCollectionMeta {
  /** The view that the collection reads and writes. */
  tableName: string
  /** The table that records which rows have changed; empty before the collection has started. */
  trackedTableName: string
  /** Whether the table keeps the metadata of writes. */
  metadataIsTracked: boolean
  /** A row, or a part of one, as SQLite takes it. */
  serializeValue(value: AnyRow): Record<string, SqliteValue>
}

/** `collection.utils` of a PowerSync collection. */
export interface PowerSyncCollectionUtils extends UtilsRecord {
  getMeta(): PowerSyncCollectionMeta
  /** The stored rows that can't be shown now, by id. */
  badRows: ReadonlyMap<string, BadRow>
  /**
   * Why the status is `error`: `capture-failed`, `table-not-in-schema` (the rows are then gone), `load-hook-failed`,
   * `database-closed`. The rows are as they were then.
   */
  readonly error: RowsignalError | undefined
  /** Reads the table again, and runs `onLoad` again, if that failed. */
  retry(): void
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

const defaultChunkRows = 10_000
const defaultLockWarnMs = 5_000

/**
 * Options for TanStack DB's `createCollection` over a PowerSync table; takes and gives what the function of the same
 * name in `@tanstack/powersync-db-collection` does.
 *
 * Most apps want `createPowerSyncCollection`, which makes the collection too.
 *
 * Cost: one trigger a table while a collection of it is alive; the first read is a statement for `syncBatchSize` rows.
 *
 * @throws {RowsignalError} `table-not-in-schema`, `table-unsupported`, `options-conflict`, `column-not-in-schema`,
 * `column-type-mismatch`, `sync-mode-unsupported`, `unsupported-powersync`.
 */
export function powerSyncCollectionOptions<T extends Table, const Columns = unknown>(
  config: PowerSyncTableConfig<T, Columns>,
): PowerSyncCollectionOptions<SchemaOfTable<T, Columns>>
export function powerSyncCollectionOptions<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncSchemaConfig<T, S>,
): PowerSyncCollectionOptions<S>
export function powerSyncCollectionOptions<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncTableConfig<T> | PowerSyncSchemaConfig<T, S>,
): unknown {
  assertEager(config.syncMode)
  const { database, id, gcTime, startSync, autoIndex, defaultIndexType } = config
  const { compare, defaultStringCollation } = config
  const rowOptions = config as RowOptions
  const source = new TableSource({
    database,
    table: config.table,
    lockWarnMs: config.lockWarnMs ?? defaultLockWarnMs,
    createCodec: (table) => rowCodec(table, rowOptions),
  })
  assertRowOptions(source.table, rowOptions)
  const badRows = new Map<string, BadRow>()
  let sync: CollectionSync | undefined

  const start = (writer: SyncWriter): CleanupFn => {
    assertSupportedCollection(writer.collection)
    indexKeys(writer.collection)
    const run = new CollectionSync(writer, {
      source,
      badRows,
      onLoad: config.onLoad,
      chunkRows: config.syncBatchSize ?? defaultChunkRows,
      onBadRow: ({ issues }) => attempt(() => config.onDeserializationError?.({ issues })),
    })
    sync = run
    captureOf(database).start(run)
    return () => {
      badRows.clear()
      return captureOf(database).stop(run)
    }
  }

  const persistOwn = async (parameters: {
    transaction: { mutations: readonly PendingMutation[] }
  }): Promise<void> => {
    const { transaction } = parameters
    await persist(transaction as unknown as Transaction, transaction.mutations)
  }

  const utils: PowerSyncCollectionUtils = {
    badRows,
    get error() {
      return sync?.error
    },
    retry: () => sync && captureOf(database).retry(sync),
    isHeld: () => sync !== undefined && captureOf(database).isHeld(sync),
    getMeta: () => metaOf(source, (sync && captureOf(database).trackingTable(sync)) ?? ''),
  }
  setWriteTarget(utils, source)

  return {
    ...given({ id, gcTime, startSync, autoIndex, defaultIndexType }),
    ...given({ compare, defaultStringCollation }),
    getKey: (row: AnyRow) => row.id as string,
    schema: writeSchema(config.schema ?? tableSchema(() => source.table, rowOptions.columns)),
    sync: { rowUpdateMode: 'full', sync: start },
    onInsert: persistOwn,
    onUpdate: persistOwn,
    onDelete: persistOwn,
    utils,
    ...(isServerDatabase(database) ? withoutRows : {}),
  }
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
 * `column-type-mismatch`, `sync-mode-unsupported`, `unsupported-powersync`.
 * @example
 * const todos = createPowerSyncCollection({ database, table: schema.props.todos })
 * todos.insert({ id: crypto.randomUUID(), title: 'Pack' })
 */
export function createPowerSyncCollection<T extends Table, const Columns = unknown>(
  config: PowerSyncTableConfig<T, Columns>,
): PowerSyncCollection<SchemaOfTable<T, Columns>>
export function createPowerSyncCollection<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncSchemaConfig<T, S>,
): PowerSyncCollection<S>
export function createPowerSyncCollection<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncTableConfig<T> | PowerSyncSchemaConfig<T, S>,
): unknown {
  const options = powerSyncCollectionOptions(config as PowerSyncSchemaConfig<T, S>)
  const collection = createCollection(options)
  batchWrites(collection)
  return Object.assign(collection, { subscribe: rows(collection).subscribe })
}

/** TanStack DB shows a write first in the collection and then in the live queries over it; for listeners it is one change. */
function batchWrites(collection: AnyCollection): void {
  for (const name of ['insert', 'update', 'delete'] as const) {
    const write = collection[name] as (...args: unknown[]) => unknown
    const batched = (...args: unknown[]): unknown => batch(() => write.apply(collection, args))
    Object.assign(collection, { [name]: batched })
  }
}

function metaOf(source: TableSource, trackedTableName: string): PowerSyncCollectionMeta {
  return {
    tableName: source.table.viewName,
    trackedTableName,
    metadataIsTracked: source.table.trackMetadata,
    serializeValue: ({ id, ...values }) => ({
      ...(typeof id === 'string' && { id }),
      ...source.codec.encode(values),
    }),
  }
}

function assertEager(syncMode: string | undefined): void {
  if (syncMode === undefined || syncMode === 'eager') return
  throw new RowsignalError(
    'sync-mode-unsupported',
    `collection: syncMode \`${syncMode}\` is not supported yet. Leave it out: the collection then holds the whole table.`,
  )
}

/** Without the options that were not given: TanStack DB takes an explicit `undefined` for a value. */
function given(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
