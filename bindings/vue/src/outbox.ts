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
import { type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { usePowerSync } from './context.ts'
import { toPlain, useHost } from './host.ts'
import { useReadable } from './readable.ts'

/**
 * What waits to be uploaded from a database, by default from the provided one, and how that goes, as a readonly ref.
 *
 * Try again at once by `outbox(database).retryNow()` of @rowsignal/core.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const box = useOutbox()
 * const waiting = computed(() => box.value.operations)
 */
export function useOutbox(
  database: MaybeRefOrGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Readonly<Ref<OutboxValue>> {
  return useReadable(() => outbox(toPlain(database)))
}

/**
 * How far the writes of one row are, as a readonly ref: `pending`, `queued`, `uploaded`, `acknowledged`, `refused` or `local`.
 *
 * All rows share one reading of the upload queue, and a row runs again only when its own state changes.
 *
 * @throws {RowsignalError} `not-a-powersync-collection` for any other collection, also a live query.
 * @example
 * const state = useRowState(todos, () => props.id)
 * const isSafe = computed(() => state.value === 'acknowledged')
 */
export function useRowState(
  collection: MaybeRefOrGetter<OutboxCollection>,
  key: MaybeRefOrGetter<string>,
): Readonly<Ref<RowState>> {
  return useReadable(() => rowState(toPlain(collection), toValue(key)))
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
export function useRowStates(collection: MaybeRefOrGetter<OutboxCollection>): RowStatesView {
  return createRowStates(useHost(), () => toPlain(collection))
}

/**
 * The writes of a database that the server has refused, by default of the provided one, as a readonly ref, oldest first.
 *
 * Try one again or give it up by `refused(database)` of @rowsignal/core.
 *
 * @throws {RowsignalError} `no-provider` without a database; `refused-table-missing` without `...rowsignalTables` in its schema.
 * @example
 * const writes = useRefused()
 * const reasons = computed(() => writes.value.map(({ reason }) => reason))
 */
export function useRefused(
  database: MaybeRefOrGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Readonly<Ref<readonly RefusedWrite[]>> {
  return useReadable(() => refused(toPlain(database)))
}
