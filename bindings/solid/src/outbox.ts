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
import type { Accessor } from 'solid-js'
import { usePowerSync } from './context.ts'
import { access, host, type MaybeAccessor } from './host.ts'
import { useReadable } from './readable.ts'

/**
 * What waits to be uploaded from a database, by default from the provided one, and how that goes, as an accessor.
 *
 * Try again at once by `outbox(database).retryNow()` of @rowsignal/core.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const box = useOutbox()
 * return <p>{box().operations} waiting</p>
 */
export function useOutbox(
  database: MaybeAccessor<CommonPowerSyncDatabase> = usePowerSync(),
): Accessor<OutboxValue> {
  return useReadable(() => outbox(access(database)))
}

/**
 * How far the writes of one row are, as an accessor: `pending`, `queued`, `uploaded`, `acknowledged`, `refused` or `local`.
 *
 * All rows share one reading of the upload queue, and a row runs again only when its own state changes.
 *
 * @throws {RowsignalError} `not-a-powersync-collection` for any other collection, also a live query.
 * @example
 * const state = useRowState(todos, () => props.id)
 * return <Icon name={state()} />
 */
export function useRowState(
  collection: MaybeAccessor<OutboxCollection>,
  key: MaybeAccessor<string>,
): Accessor<RowState> {
  return useReadable(() => rowState(access(collection), access(key)))
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
export function useRowStates(collection: MaybeAccessor<OutboxCollection>): RowStatesView {
  return createRowStates(host, () => access(collection))
}

/**
 * The writes of a database that the server has refused, by default of the provided one, as an accessor, oldest first.
 *
 * Try one again or give it up by `refused(database)` of @rowsignal/core.
 *
 * @throws {RowsignalError} `no-provider` without a database; `refused-table-missing` without `...rowsignalTables` in its schema.
 * @example
 * const writes = useRefused()
 * return <For each={writes()}>{(write) => <p>{write.reason}</p>}</For>
 */
export function useRefused(
  database: MaybeAccessor<CommonPowerSyncDatabase> = usePowerSync(),
): Accessor<readonly RefusedWrite[]> {
  return useReadable(() => refused(access(database)))
}
