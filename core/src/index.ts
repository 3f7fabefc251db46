/** @module @rowsignal/core */
export type { BadRow, Serializer } from './codec/codec.ts'
export type {
  BasePowerSyncCollectionConfig,
  InferPowerSyncOutputType,
  PowerSyncCollectionConfig,
} from './collection/config.ts'
export {
  createPowerSyncCollection,
  DEFAULT_BATCH_SIZE,
  type PowerSyncCollection,
  type PowerSyncCollectionMeta,
  powerSyncCollectionOptions,
  type PowerSyncCollectionOptions,
  type PowerSyncCollectionUtils,
} from './collection/collection.ts'
export { count, type RowCount } from './collection/count.ts'
export type { CollectionStream, StreamOption } from './collection/streams.ts'
export type { SyncMode } from './capture/follower.ts'
export type { OnLoadSubset } from './capture/loads.ts'
export {
  bigintColumn,
  booleanColumn,
  dateColumn,
  enumColumn,
  jsonColumn,
  type RichColumn,
} from './codec/columns.ts'
export type {
  Draft,
  DraftColumn,
  DraftColumns,
  DraftConflicts,
  DraftErrors,
  EditableCollection,
} from './draft/draft.ts'
export type { DraftConflict } from './draft/edits.ts'
export { isRowsignalError, RowsignalError, type RowsignalErrorCode } from './errors.ts'
export { type SignalLibrary, toSignal } from './readable/signal.ts'

export {
  liveQuery,
  type LiveQueryCollection,
  type LiveQueryConfig,
  type LiveQueryOptions,
} from './query/live-query.ts'
export type { InfiniteQueryConfig, InfiniteQueryView } from './query/infinite-view.ts'
export type { EffectAnswer, LiveQueryEffectConfig } from './query/live-query-effect.ts'
export type { AnswerRows, LiveQueryView, QueryAnswer } from './query/live-query-view.ts'
export type { PagesOptions, PagesView } from './query/pages-view.ts'
export { preload } from './query/preload.ts'
export { sqlQuery, type SqlRows } from './query/sql-query.ts'
export { snapshot } from './rows/row-proxy.ts'
export type { QueryKey } from './rows/seeds.ts'
export { dehydrate, rehydrate } from './seed/dehydrate.ts'
export { type KeptSeeds, openSeeds, type OpenSeedsOptions } from './seed/open-seeds.ts'
export { seed } from './seed/seed.ts'
export type { Seeds } from './readable/framework.ts'
export {
  batch,
  createReadable,
  type Readable,
  type Source,
  type Stop,
} from './readable/readable.ts'
export type { RowOf } from './rows/row-of.ts'
export { row, rows } from './rows/rows.ts'
export type { RowStatus } from './rows/row-status.ts'
export type { RowsView } from './rows/rows-view.ts'
export type { SqliteValue } from './codec/sqlite-values.ts'
export { subsetParameters } from './subset/parameters.ts'
export {
  type SyncProgressValue,
  syncStatus,
  type SyncStatusValue,
  syncStream,
  type SyncStreamOptions,
  type SyncStreamValue,
} from './status/sync-status.ts'
export type { TableColumns, TableInput, TableRow } from './codec/table-schema.ts'

export { onWriteError, type RowWrite, type WriteError, writeErrors } from './write/write-errors.ts'
export { type RowCollection, type RowKey } from './rows/row-collection.ts'
export { type RowsWindow } from './rows/rows-window.ts'
export {
  type DownloadsHeld,
  type OldestOperation,
  type Outbox,
  outbox,
  type OutboxValue,
} from './outbox/outbox.ts'
export {
  type OutboxCollection,
  type RowState,
  rowState,
  type RowStates,
  rowStates,
} from './outbox/row-states.ts'
export type { RowStatesView } from './outbox/row-states-view.ts'
export type { UploadState } from './outbox/upload-state.ts'
export {
  whenAcknowledged,
  type WhenOptions,
  whenPersisted,
  whenUploaded,
  type WriteTransaction,
  type Written,
} from './outbox/when.ts'
export {
  type ConnectorOptions,
  createConnector,
  type Upload,
  type UploadTransaction,
} from './outbox/connector.ts'
export type { BackOff } from './outbox/back-off.ts'
export {
  refuse,
  type RefusedOperation,
  type RefuseOptions,
  retryLater,
  type RetryLaterOptions,
  tooLarge,
} from './outbox/refuse.ts'
export {
  type ChangedValues,
  refused,
  type RefusedFields,
  type RefusedWrite,
  type RefusedWrites,
} from './outbox/refused.ts'
export { pendingWrites, signOut, type SignedOut, type SignOutOptions } from './outbox/sign-out.ts'
export { uploadWithFetch, type UploadWithFetchOptions } from './outbox/upload-with-fetch.ts'
export { type RefusedTable, rowsignalTables } from './outbox/tables.ts'
export { PowerSyncTransactor, transact, upsert } from './write/transact.ts'
