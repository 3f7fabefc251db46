/**
 * What a binding needs of core, as `@rowsignal/core/host`: live rows, views and drafts over the cells of a framework.
 * An app needs none of it.
 */
export { createDraft, type DraftSource } from './draft.ts'
export { type Host, type LiveRows, liveRows, serverHost } from './live-row.ts'
export { addFrameworkBatch } from './readable.ts'
export { createLiveQueryView, createQuerySource } from './live-query-view.ts'
export { createRowSource, createRowStatus } from './row-view.ts'
export { createRowsView, type Followed, type RowsViewSource } from './rows-view.ts'
export { type AskedSource, createAskedSource } from './shown-rows.ts'
