import type { CommonPowerSyncDatabase } from '@powersync/common'
import {
  syncStatus,
  type SyncStatusValue,
  type SyncStreamOptions,
  type SyncStreamValue,
} from '@rowsignal/core'
import { createStream } from '@rowsignal/core/host'
import { usePowerSync } from './context.ts'
import { get, host, type MaybeGetter } from './host.svelte.ts'
import { type Current, toCurrent, useReadable } from './readable.ts'

/**
 * The sync status of a database, by default of the provided one, as `{ current }`.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const status = useSyncStatus()
 * // <p>{status.current.connected ? 'online' : 'offline'}</p>
 */
export function useSyncStatus(
  database: MaybeGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Current<SyncStatusValue> {
  return useReadable(() => syncStatus(get(database)))
}

/**
 * Subscribes to a sync stream while the component or effect lives in which it is called, and while an effect reads it;
 * tells how far it is, as `{ current }`.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const stream = useSyncStream(() => ({ name: 'list', params: { id: listId } }))
 */
export function useSyncStream(
  options: MaybeGetter<SyncStreamOptions>,
  database: MaybeGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Current<SyncStreamValue> {
  return toCurrent(
    createStream(
      host,
      () => get(database),
      () => get(options),
    ),
  )
}
