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
export type {
  Draft,
  DraftColumn,
  DraftColumns,
  DraftConflicts,
  DraftErrors,
  EditableCollection,
} from './draft.ts'
export type { DraftConflict } from './edits.ts'
export { isRowsignalError, RowsignalError, type RowsignalErrorCode } from './errors.ts'
export type { RowCollection, RowKey } from './keyed-rows.ts'
export { snapshot } from './live-row.ts'
export {
  batch,
  createReadable,
  type ObservableLike,
  type Readable,
  type Source,
  type Stop,
  toObservable,
} from './readable.ts'
export { row, rows, type RowsView, type RowsWindow } from './rows.ts'
export {
  type SyncProgressValue,
  syncStatus,
  type SyncStatusValue,
  syncStream,
  type SyncStreamOptions,
  type SyncStreamValue,
} from './sync.ts'
export { PowerSyncTransactor, transact } from './write.ts'
export { onWriteError, type RowWrite, type WriteError, writeErrors } from './write-errors.ts'
