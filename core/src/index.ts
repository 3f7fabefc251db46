export type { BadRow, Serializer, SqliteValue, TableInput, TableRow } from './codec.ts'
export {
  createPowerSyncCollection,
  type PowerSyncBaseConfig,
  type PowerSyncCollection,
  type PowerSyncCollectionMeta,
  powerSyncCollectionOptions,
  type PowerSyncCollectionOptions,
  type PowerSyncCollectionUtils,
  type PowerSyncSchemaConfig,
  type PowerSyncTableConfig,
  type SchemaOfTable,
} from './collection.ts'
export {
  createDraft,
  type Draft,
  type DraftColumns,
  type DraftSource,
  type EditableCollection,
} from './draft.ts'
export { isRowsignalError, RowsignalError, type RowsignalErrorCode } from './errors.ts'
export type { RowCollection, RowKey } from './keyed-rows.ts'
export { type Host, type LiveRows, liveRows, serverHost, snapshot } from './live-row.ts'
export {
  addFrameworkBatch,
  batch,
  createReadable,
  type ObservableLike,
  type Readable,
  type Source,
  type Stop,
  toObservable,
} from './readable.ts'
export {
  createRowsView,
  row,
  rows,
  type RowsView,
  type RowsViewSource,
  type RowsWindow,
} from './rows.ts'
export {
  type SyncProgressValue,
  syncStatus,
  type SyncStatusValue,
  syncStream,
  type SyncStreamOptions,
  type SyncStreamValue,
} from './sync.ts'
export { PowerSyncTransactor, transact } from './write.ts'
