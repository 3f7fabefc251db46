import type { CommonPowerSyncDatabase } from '@powersync/common'
import {
  outbox,
  type OutboxCollection,
  type OutboxValue,
  refused,
  type RefusedWrite,
  type RowState,
  rowState,
  type RowStatesView,
} from '@rowsignal/core'
import { createRowStates } from '@rowsignal/core/host'
import { usePowerSync } from './context.ts'
import { get, host, type MaybeGetter } from './host.svelte.ts'
import { type Current, useReadable } from './readable.ts'

/**
 * What waits to be uploaded from a database, by default from the provided one, and how that goes, as `{ current }`.
 *
 * Try again at once by `outbox(database).retryNow()` of @rowsignal/core.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const box = useOutbox()
 * // <p>{box.current.operations} waiting</p>
 */
export function useOutbox(
  database: MaybeGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Current<OutboxValue> {
  return useReadable(() => outbox(get(database)))
}

/**
 * How far the writes of one row are, as `{ current }`: `pending`, `queued`, `uploaded`, `acknowledged`, `refused` or `local`.
 *
 * All rows share one reading of the upload queue, and a row runs again only when its own state changes.
 *
 * @throws {RowsignalError} `not-a-powersync-collection` for any other collection, also a live query.
 * @example
 * const state = useRowState(todos, () => id)
 * // <Icon name={state.current} />
 */
export function useRowState(
  collection: MaybeGetter<OutboxCollection>,
  key: MaybeGetter<string>,
): Current<RowState> {
  return useReadable(() => rowState(get(collection), get(key)))
}

/**
 * How far the writes of the rows of a collection are, for a list: `states.get(todo.id)` in a row is tracked for that row alone.
 *
 * One subscription for the whole list, however long it is; for a row by itself `useRowState`.
 *
 * @throws {RowsignalError} `not-a-powersync-collection` for any other collection, also a live query.
 * @example
 * const states = useRowStates(todos)
 * // {states.get(todo.id)} in the row, and {states.size} not on the server yet
 */
export function useRowStates(collection: MaybeGetter<OutboxCollection>): RowStatesView {
  return createRowStates(host, () => get(collection))
}

/**
 * The writes of a database that the server has refused, by default of the provided one, as `{ current }`, oldest first.
 *
 * Try one again or give it up by `refused(database)` of @rowsignal/core.
 *
 * @throws {RowsignalError} `no-provider` without a database; `refused-table-missing` without `...rowsignalTables` in its schema.
 * @example
 * const writes = useRefused()
 * // {#each writes.current as write (write.id)}<p>{write.reason}</p>{/each}
 */
export function useRefused(
  database: MaybeGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Current<readonly RefusedWrite[]> {
  return useReadable(() => refused(get(database)))
}
