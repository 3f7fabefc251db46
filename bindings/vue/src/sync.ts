import type { CommonPowerSyncDatabase } from '@powersync/common'
import {
  syncStatus,
  type SyncStatusValue,
  type SyncStreamOptions,
  type SyncStreamValue,
} from '@rowsignal/core'
import { createStream } from '@rowsignal/core/host'
import { type MaybeRefOrGetter, type Ref, toValue } from 'vue'
import { usePowerSync } from './context.ts'
import { toPlain, toRef, useHost } from './host.ts'
import { useReadable } from './readable.ts'

/**
 * The sync status of a database, by default of the provided one, as a readonly ref.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const status = useSyncStatus()
 * const online = computed(() => status.value.connected)
 */
export function useSyncStatus(
  database: MaybeRefOrGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Readonly<Ref<SyncStatusValue>> {
  return useReadable(() => syncStatus(toPlain(database)))
}

/**
 * Subscribes to a sync stream while the current scope lives, and tells how far it is, as a readonly ref.
 *
 * @throws {RowsignalError} `no-provider` without a database.
 * @example
 * const stream = useSyncStream(() => ({ name: 'list', params: { id: props.listId } }))
 */
export function useSyncStream(
  options: MaybeRefOrGetter<SyncStreamOptions>,
  database: MaybeRefOrGetter<CommonPowerSyncDatabase> = usePowerSync(),
): Readonly<Ref<SyncStreamValue>> {
  return toRef(
    createStream(
      useHost(),
      () => toPlain(database),
      () => toValue(options),
    ),
  )
}
