/**
 * What a binding needs of core, as `@rowsignal/core/host`: live rows, views and drafts over the cells of a framework.
 * An app needs none of it.
 */
export { createDraft, type DraftSource } from './draft/draft.ts'
export { type Host, type LiveRows, liveRows, serverHost } from './rows/live-rows.ts'
export { addFrameworkBatch } from './readable/readable.ts'
export { createLiveQueryView, createQuerySource } from './query/live-query-view.ts'
export { createRowSource, createRowStatus } from './rows/row-status.ts'
export { createRowsView, type Followed, type RowsViewSource } from './rows/rows-view.ts'
export { type AskedSource, createAskedSource } from './rows/shown-collection.ts'
