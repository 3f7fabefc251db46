export type { BadRow, Serializer } from './codec.ts'
export type {
  BasePowerSyncCollectionConfig,
  InferPowerSyncOutputType,
  PowerSyncCollectionConfig,
} from './collection-config.ts'
export {
  createPowerSyncCollection,
  DEFAULT_BATCH_SIZE,
  type PowerSyncCollection,
  type PowerSyncCollectionMeta,
  powerSyncCollectionOptions,
  type PowerSyncCollectionOptions,
  type PowerSyncCollectionUtils,
} from './collection.ts'
export {
  bigintColumn,
  booleanColumn,
  dateColumn,
  enumColumn,
  jsonColumn,
  type RichColumn,
} from './columns.ts'
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
export { type SignalLibrary, toSignal } from './interop.ts'
export type { RowCollection, RowKey } from './keyed-rows.ts'
export {
  liveQuery,
  type LiveQueryCollection,
  type LiveQueryConfig,
  type LiveQueryOptions,
} from './live-query.ts'
export type { AnswerRows, LiveQueryView, QueryAnswer } from './live-query-view.ts'
export { snapshot } from './row-proxy.ts'
export { batch, createReadable, type Readable, type Source, type Stop } from './readable.ts'
export type { RowOf } from './row-of.ts'
export { row, rows } from './rows.ts'
export type { RowStatus } from './row-view.ts'
export type { RowsView, RowsWindow } from './rows-view.ts'
export type { SqliteValue } from './sqlite-values.ts'
export {
  type SyncProgressValue,
  syncStatus,
  type SyncStatusValue,
  syncStream,
  type SyncStreamOptions,
  type SyncStreamValue,
} from './sync.ts'
export type { TableColumns, TableInput, TableRow } from './table-schema.ts'
export { PowerSyncTransactor, transact, upsert } from './write.ts'
export { onWriteError, type RowWrite, type WriteError, writeErrors } from './write-errors.ts'
