import type { CommonPowerSyncDatabase } from '@powersync/common'
import {
  syncStatus,
  type SyncStatusValue,
  type SyncStreamOptions,
  type SyncStreamValue,
} from '@rowsignal/core'
import { createStream } from '@rowsignal/core/host'
import type { Accessor } from 'solid-js'
import { usePowerSync } from './context.ts'
import { access, host, type MaybeAccessor } from './host.ts'
import { useReadable } from './readable.ts'

/**
 * The sync status of a database, by default of the provided one, as an accessor.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const status = useSyncStatus()
 * return <p>{status().connected ? 'online' : 'offline'}</p>
 */
export function useSyncStatus(
  database: MaybeAccessor<CommonPowerSyncDatabase> = usePowerSync(),
): Accessor<SyncStatusValue> {
  return useReadable(() => syncStatus(access(database)))
}

/**
 * Subscribes to a sync stream while its owner lives, and tells how far it is, as an accessor.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const stream = useSyncStream(() => ({ name: 'list', params: { id: props.listId } }))
 */
export function useSyncStream(
  options: MaybeAccessor<SyncStreamOptions>,
  database: MaybeAccessor<CommonPowerSyncDatabase> = usePowerSync(),
): Accessor<SyncStreamValue> {
  return createStream(
    host,
    () => access(database),
    () => access(options),
  )
}
