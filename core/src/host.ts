/**
 * What a binding needs of core, as `@rowsignal/core/host`: rows, queries and drafts over the cells and the lifecycle of a
 * framework. An app needs none of it.
 */
export { createDraft } from './draft/draft.ts'
export { createRowStates } from './outbox/row-states-view.ts'
export { createInfiniteQueryView } from './query/infinite-view.ts'
export { createLiveQueryEffect } from './query/live-query-effect.ts'
export { createLiveQueryView } from './query/live-query-view.ts'
export { createPagesView } from './query/pages-view.ts'
export {
  createValue,
  type Followable,
  type FollowListener,
  type Host,
  serverHost,
} from './readable/framework.ts'
export { addFrameworkBatch } from './readable/readable.ts'
export {
  arrivedOf,
  askingOf,
  isSameWanted,
  thenable,
  type Wanted,
  whenChanged,
} from './rows/arrival.ts'
export { withStatus } from './rows/row-status.ts'
export { createRowView, type RowView } from './rows/row-view.ts'
export { createRowsView } from './rows/rows-view.ts'
export { createStream } from './status/sync-status.ts'
