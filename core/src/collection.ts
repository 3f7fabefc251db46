/**
 * Puts the rooms together: a TanStack DB collection over a PowerSync table, with the options, names and result of
 * `@tanstack/powersync-db-collection`, and the factory whose collections are also stores.
 */
import { createCollection } from '@tanstack/db'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Table } from '@powersync/common'
import type {
  BaseCollectionConfig,
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
import type { BadRow, Serializer, SqliteValue, TableInput, TableRow } from './codec.ts'
import { createCodec, tableSchema } from './codec.ts'
import { CollectionSync } from './collection-sync.ts'
import { attempt, RowsignalError } from './errors.ts'
import { indexKeys } from './key-index.ts'
import type { OnLoad } from './load-hook.ts'
import type { Database } from './powersync.ts'
import type { Readable } from './readable.ts'
import { rows } from './rows.ts'
import { TableSource } from './table-source.ts'
import { assertSupportedCollection } from './tanstack.ts'
import type { AnyRow, SyncWriter } from './tanstack.ts'
import { persist, setWriteTarget } from './write.ts'

/** The schema of a collection that has none of its own. */
export type SchemaOfTable<T extends Table> = StandardSchemaV1<TableInput<T>, TableRow<T>>

/** The options that do not depend on the row type. */
export interface PowerSyncBaseConfig<T extends Table> extends Pick<
  BaseCollectionConfig<TableRow<T>, string>,
  'id' | 'gcTime' | 'startSync' | 'autoIndex' | 'defaultIndexType'
> {
  /** The table, as `schema.props.<name>` of the schema that the database was opened with. */
  table: T
  database: Database
  /**
   * Rows a chunk of the first read, each in its own write lock: more is faster, fewer let writers in more often.
   *
   * @default 10000, about 40 ms a chunk in a browser.
   */
  syncBatchSize?: number
  /**
   * How long a write may wait for SQLite's write lock before `writeErrors` says `lock-waiting`. In ms.
   *
   * @default 5000
   */
  lockWarnMs?: number
  /** `eager`: the collection holds the whole table. The only mode so far. */
  syncMode?: 'eager'
  /**
   * Called when the collection starts to sync, for what its rows come from, such as the subscription of a sync stream.
   * Rows are shown meanwhile; the collection is ready when both this and the first read are done. What it returns is
   * called when the sync ends. If it throws, the status is `error` until `utils.retry()`.
   */
  onLoad?: OnLoad
  /**
   * Called once for each stored row that the schema refuses. The row is left out of the collection and listed in
   * `utils.badRows` until it is mended; the others go on.
   */
  onDeserializationError?: (error: StandardSchemaV1.FailureResult) => void
}

/** A collection with SQLite's own types. */
export interface PowerSyncTableConfig<T extends Table> extends PowerSyncBaseConfig<T> {
  schema?: never
  deserializationSchema?: never
  serializer?: never
}

/** A collection with the types of a Standard Schema. */
export interface PowerSyncSchemaConfig<
  T extends Table,
  S extends StandardSchemaV1,
> extends PowerSyncBaseConfig<T> {
  /** Checks what is inserted and updated; its output type is the row's. */
  schema: S
  /** From SQLite's types to the row's. @default `schema` */
  deserializationSchema?: StandardSchemaV1<TableRow<T>, StandardSchemaV1.InferOutput<S>>
  /** How rich values become SQLite's; columns left out follow the column's type (Date -> ISO text, boolean -> 0/1, object -> JSON). */
  serializer?: Serializer<StandardSchemaV1.InferOutput<S>>
}

/** What `utils.getMeta()` tells of a collection. */
export interface PowerSyncCollectionMeta {
  /** The view that the collection reads and writes. */
  tableName: string
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
   * Whether changes of SQLite wait because somebody's `mutationFn` has held this collection for over a second. Other
   * collections have gone on without it meanwhile.
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
 * @throws {RowsignalError} `table-not-in-schema`, `sync-mode-unsupported`, `unsupported-powersync`.
 */
export function powerSyncCollectionOptions<T extends Table>(
  config: PowerSyncTableConfig<T>,
): PowerSyncCollectionOptions<SchemaOfTable<T>>
export function powerSyncCollectionOptions<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncSchemaConfig<T, S>,
): PowerSyncCollectionOptions<S>
export function powerSyncCollectionOptions<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncTableConfig<T> | PowerSyncSchemaConfig<T, S>,
): unknown {
  assertEager(config.syncMode)
  const { database, id, gcTime, startSync, autoIndex, defaultIndexType } = config
  const source = new TableSource({
    database,
    table: config.table,
    lockWarnMs: config.lockWarnMs ?? defaultLockWarnMs,
    createCodec: (table) =>
      createCodec(table, {
        schema: config.deserializationSchema ?? config.schema,
        serializer: config.serializer as Record<string, (value: never) => SqliteValue> | undefined,
      }),
  })
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
    getMeta: () => ({
      tableName: source.table.viewName,
      metadataIsTracked: source.table.trackMetadata,
      serializeValue: (value) => source.codec.encode(value),
    }),
  }
  setWriteTarget(utils, source)

  return {
    ...given({ id, gcTime, startSync, autoIndex, defaultIndexType }),
    getKey: (row: AnyRow) => row.id as string,
    schema: config.schema ?? tableSchema(config.table),
    sync: { rowUpdateMode: 'full', sync: start },
    onInsert: persistOwn,
    onUpdate: persistOwn,
    onDelete: persistOwn,
    utils,
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
 * Cost: as `powerSyncCollectionOptions`. Reading starts with the first subscriber, `preload()`, or `startSync`.
 *
 * @throws {RowsignalError} `table-not-in-schema`, `sync-mode-unsupported`, `unsupported-powersync`.
 * @example
 * const todos = createPowerSyncCollection({ database, table: schema.props.todos })
 * todos.insert({ id: crypto.randomUUID(), title: 'Pack' })
 */
export function createPowerSyncCollection<T extends Table>(
  config: PowerSyncTableConfig<T>,
): PowerSyncCollection<SchemaOfTable<T>>
export function createPowerSyncCollection<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncSchemaConfig<T, S>,
): PowerSyncCollection<S>
export function createPowerSyncCollection<T extends Table, S extends StandardSchemaV1>(
  config: PowerSyncTableConfig<T> | PowerSyncSchemaConfig<T, S>,
): unknown {
  const options = powerSyncCollectionOptions(config as PowerSyncSchemaConfig<T, S>)
  const collection = createCollection(options)
  return Object.assign(collection, { subscribe: rows(collection).subscribe })
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
