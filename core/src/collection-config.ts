/** What an app says of a collection: the names and meanings of `@tanstack/powersync-db-collection`, and `columns`. */
import type { Table } from '@powersync/common'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { BaseCollectionConfig } from '@tanstack/db'
import type { Serializer } from './codec.ts'
import type { OnLoad } from './load-hook.ts'
import type { Database } from './powersync.ts'
import type { TableColumns, TableRow } from './table-schema.ts'

/** The options that do not depend on the row type. */
export interface PowerSyncBaseConfig<T extends Table> extends Pick<
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
   * How long a write, or a read, may wait for SQLite's write lock before `writeErrors` and the logger of the database, of
   * a read the logger alone, say `lock-waiting`. In ms.
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
   * Called once for each stored row that the schema, or a helper of `columns`, refuses. The row is left out of the
   * collection and listed in `utils.badRows` until it is mended; the others go on.
   */
  onDeserializationError?: (error: StandardSchemaV1.FailureResult) => void
}

/** A collection with SQLite's own types, but for the columns that a helper describes. */
export interface PowerSyncTableConfig<
  T extends Table,
  Columns = unknown,
> extends PowerSyncBaseConfig<T> {
  /**
   * Rich types of columns, read and written by helpers: `booleanColumn`, `dateColumn`, `jsonColumn`, `bigintColumn`,
   * `enumColumn`. Not together with `schema`.
   */
  columns?: Columns &
    TableColumns<T> & { [Name in Exclude<keyof Columns, keyof TableColumns<T>>]: never }
  /** The order of rows without a query's own. @default by id */
  compare?: (left: TableRow<T, Columns>, right: TableRow<T, Columns>) => number
  schema?: never
  deserializationSchema?: never
  serializer?: never
}

/**
 * A collection with the types of a Standard Schema. If the schema does not take what SQLite holds (a `Date` and not a
 * text, say), `deserializationSchema` says how to come from there.
 */
export type PowerSyncSchemaConfig<
  T extends Table,
  S extends StandardSchemaV1,
> = PowerSyncBaseConfig<T> & {
  /** Checks what is inserted and updated; its output type is the row's. */
  schema: S
  /** How rich values become SQLite's; columns left out follow the column's type (Date -> ISO text, boolean -> 0/1, object -> JSON). */
  serializer?: Serializer<StandardSchemaV1.InferOutput<S>>
  /** The order of rows without a query's own. @default by id */
  compare?: (
    left: StandardSchemaV1.InferOutput<S>,
    right: StandardSchemaV1.InferOutput<S>,
  ) => number
  columns?: never
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
