/** What an app says of a collection: the names and meanings of `@tanstack/powersync-db-collection`, and `columns`. */
import type { Table } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BaseCollectionConfig } from '@tanstack/db'
import type { StreamOption } from './streams.ts'
import type { Serializer } from '../codec/codec.ts'
import type { SyncMode } from '../capture/follower.ts'
import type { OnLoadSubset } from '../capture/loads.ts'
import type { OnLoad } from '../capture/on-load.ts'
import type { Database } from '../libraries/powersync.ts'
import type {
  CheckedColumns,
  Flat,
  TableColumns,
  TableInput,
  TableRow,
} from '../codec/table-schema.ts'

/** The options that do not depend on the row type. */
export interface BasePowerSyncCollectionConfig<T extends Table> extends Pick<
  BaseCollectionConfig<TableRow<T>, string>,
  'id' | 'gcTime' | 'startSync' | 'autoIndex' | 'defaultIndexType' | 'defaultStringCollation'
> {
  /** The table, as `schema.props.<name>` of the schema that the database was opened with. */
  table: T
  database: Database
  /**
   * Rows a chunk of the first read, each in its own write lock: more is faster, fewer let writers in more often. A chunk
   * has 8 MB at most.
   *
   * @default 10000, about 40 ms a chunk in a browser.
   */
  syncBatchSize?: number
  /**
   * How long a write or a read may wait for SQLite's write lock before the logger of the database says `lock-waiting`, and
   * for a write `writeErrors` too. In ms.
   *
   * @default 5000
   */
  lockWarnMs?: number
  /**
   * Which rows the collection holds.
   *
   * `eager`: the whole table. The collection is ready when it has been read. `on-demand`: only the rows that live queries
   * ask for now. The collection is ready at once, each query when its rows are there. `progressive`: first these rows, then
   * the rest of the table, in the background and in small steps.
   *
   * @default 'eager'
   */
  syncMode?: SyncMode
  /**
   * How long rows of an on-demand collection stay, and are kept up to date, after the last query that asked for them has
   * gone. In ms.
   *
   * @default 0. TanStack DB lets a query itself live for its `gcTime`, 5 s, after its last subscriber.
   */
  keepAliveMs?: number
  /**
   * Called when the collection starts to sync, for what its rows come from, such as the subscription of a sync stream.
   * Rows are shown meanwhile; the collection is ready when both this and the first read are done. What it returns is
   * called when the sync ends, and `cleanup()` waits for it. If it throws, the status is `error` until `utils.retry()`.
   */
  onLoad?: OnLoad
  /**
   * Called with what each query asks an `on-demand` or `progressive` collection for, to bring its rows: for example to
   * subscribe to a sync stream with parameters of its `where`. The query is ready when both this and the read of SQLite are
   * done. What it returns is called once, when no query asks for these rows any more. If it throws, the query fails with
   * that error.
   */
  onLoadSubset?: OnLoadSubset | undefined
  /**
   * The sync stream that brings the rows. It is subscribed to while a query wants them: for an on-demand collection from its
   * first query to the last one, and then for the stream's `ttl`. A function gives the stream of what one query asks for;
   * `subsetParameters` makes its parameters of the `where`. `utils.streams` and `utils.synced` say how far it is.
   */
  stream?: StreamOption | undefined
  /**
   * Called once for each stored row that the schema, or a helper of `columns`, refuses. The row is left out of the
   * collection, and listed in `utils.badRows`, until it is right again. The others are shown.
   */
  onDeserializationError?: (error: StandardSchemaV1.FailureResult) => void
}

/**
 * What a collection is made of. Its rows have SQLite's own types, those of the helpers in `columns`, or those of a
 * Standard Schema, which then may need a `deserializationSchema`.
 */
export type PowerSyncCollectionConfig<
  T extends Table = Table,
  S extends StandardSchemaV1 = never,
  Columns = unknown,
> = BasePowerSyncCollectionConfig<T> & {
  /**
   * Rich types of columns, read and written by helpers: `booleanColumn`, `dateColumn`, `jsonColumn`, `bigintColumn`,
   * `enumColumn`. Not together with `schema`.
   */
  columns?: Columns & TableColumns<T> & CheckedColumns<T, Columns>
  /** Checks what is inserted and updated; its output type is the row's. */
  schema?: S
  /** The order of rows without a query's own. @default by id */
  compare?: (
    left: InferPowerSyncOutputType<T, S, Columns>,
    right: InferPowerSyncOutputType<T, S, Columns>,
  ) => number
} & ([S] extends [never] ? WithoutSchema : WithSchema<T, S, Columns>)

/** The schema that a collection with this config has. */
export type ConfiguredSchema<T extends Table, S extends StandardSchemaV1, Columns> = [S] extends [
  never,
]
  ? StandardSchemaV1<Flat<TableInput<T, Columns>>, Flat<TableRow<T, Columns>>>
  : S

/** The rows of a collection with this config. */
export type InferPowerSyncOutputType<
  T extends Table = Table,
  S extends StandardSchemaV1 = never,
  Columns = unknown,
> = [S] extends [never] ? TableRow<T, Columns> : StandardSchemaV1.InferOutput<S>

interface WithoutSchema {
  deserializationSchema?: 'needs a `schema`'
  serializer?: 'needs a `schema`'
}

type WithSchema<T extends Table, S extends StandardSchemaV1, Columns> = {
  /** How rich values become SQLite's; columns left out follow the column's type (Date -> ISO text, boolean -> 0/1, object -> JSON). */
  serializer?: Serializer<StandardSchemaV1.InferOutput<S>>
  columns?: unknown extends Columns ? unknown : 'goes without `schema`'
  /**
   * Columns that the schema leaves as SQLite has them. A schema may change any value and can't be asked about it, so of a
   * query over an on-demand collection SQLite checks only conditions on these columns, and on `id`.
   */
  plainColumns?: readonly Extract<keyof TableRow<T>, string>[]
} & Deserialization<T, S>

/** From SQLite's types to the row's. @default `schema` */
type Deserialization<T extends Table, S extends StandardSchemaV1> =
  TakesStored<TableRow<T>, StandardSchemaV1.InferInput<S>> extends true
    ? { deserializationSchema?: StandardSchemaV1<unknown, StandardSchemaV1.InferOutput<S>> }
    : { deserializationSchema: StandardSchemaV1<unknown, StandardSchemaV1.InferOutput<S>> }

/** Whether every column of the input takes some value of SQLite's: `string` or `string | Date`, and not `Date`. */
type TakesStored<Row, Input> = unknown extends Input
  ? true
  : false extends {
        [Name in keyof Input & keyof Row]-?: unknown extends Input[Name]
          ? true
          : Extract<Input[Name], NonNullable<Row[Name]>> extends never
            ? false
            : true
      }[keyof Input & keyof Row]
    ? false
    : true
