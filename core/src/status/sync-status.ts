/**
 * The state of PowerSync's sync as readables: of the whole database, and of one sync stream.
 *
 * The SDK makes a new status object for every message of the service; these values keep their reference until a field
 * that they hold differs.
 */
import type { CommonPowerSyncDatabase, SyncStatus, SyncStreamStatus } from '@powersync/common'
import type { RowsignalError } from '../errors.ts'
import { onSyncEnd, syncEnd } from '../libraries/ending.ts'
import { createValue, type Host } from '../readable/framework.ts'
import { keeper, remaker } from '../readable/keep.ts'
import { perObject } from '../readable/per-object.ts'
import { createReadable, type Readable, type Stop } from '../readable/readable.ts'

/** How far the running download is. */
export interface SyncProgressValue {
  /** Operations that have arrived. */
  readonly downloaded: number
  /** Operations of this download in all. */
  readonly total: number
  /** Of the whole: 0 to 1. */
  readonly fraction: number
}

/** What `syncStatus` tells. */
export interface SyncStatusValue {
  readonly connected: boolean
  readonly connecting: boolean
  readonly downloading: boolean
  readonly uploading: boolean
  /** Whether everything has been downloaded once, also before this start; false until the database has opened. */
  readonly hasSynced: boolean
  readonly lastSyncedAt: Date | undefined
  readonly downloadError: Error | undefined
  readonly uploadError: Error | undefined
  /** `database-lost`: the worker that syncs has died, so none of this changes any more. */
  readonly error: RowsignalError | undefined
  /** Undefined while nothing is downloaded. */
  readonly progress: SyncProgressValue | undefined
}

/** What `syncStream` tells. */
export interface SyncStreamValue {
  /** Whether the stream is kept on this device: subscribed to, or the service's default; true also while offline. */
  readonly subscribed: boolean
  /** Whether the stream's rows have arrived once. */
  readonly hasSynced: boolean
  readonly lastSyncedAt: Date | undefined
  readonly progress: SyncProgressValue | undefined
  /** Why the stream could not be subscribed to. */
  readonly error: Error | undefined
}

/** Which sync stream, and on what terms. */
export interface SyncStreamOptions {
  /** Its name in the service's configuration. */
  readonly name: string
  readonly params?: Readonly<Record<string, unknown>> | undefined
  /** Seconds that the stream is kept after the last listener has left. Default: the service's, one day. */
  readonly ttl?: number | undefined
  /** 0 is downloaded first. Default: what the stream's definition says. */
  readonly priority?: 0 | 1 | 2 | 3 | undefined
}

const statusOf = perObject((database: CommonPowerSyncDatabase) => {
  const keep = keeper(sameStatus)
  return createReadable({
    get: () => keep(statusValue(database.currentStatus, syncEnd(database))),
    start(changed) {
      const stopStatus = database.registerListener({ statusChanged: changed })
      const stopEnd = onSyncEnd(database, changed)
      return () => {
        stopStatus()
        stopEnd()
      }
    },
  })
})

/**
 * The sync status of a database.
 *
 * Shape: the same readable for the same database; the same value until one of its fields differs.
 * Source: `currentStatus` and `statusChanged` of @powersync/common 2.3.0.
 */
export function syncStatus(database: CommonPowerSyncDatabase): Readable<SyncStatusValue> {
  return statusOf(database)
}

/**
 * One sync stream: subscribed to with the first listener, left with the last.
 *
 * Shape: the same value until one of its fields differs. A stream that cannot be subscribed to has an `error`.
 * Source: `syncStream` and `SyncStatus.forStream` of @powersync/common 2.3.0.
 */
export function syncStream(
  database: CommonPowerSyncDatabase,
  options: SyncStreamOptions,
): Readable<SyncStreamValue> {
  const { name, params } = options
  const description = { name, parameters: params ?? null }
  const keep = keeper(sameStream)
  let error: Error | undefined
  return createReadable({
    get: () => keep(streamValue(database.currentStatus.forStream(description), error)),
    start(changed) {
      const stopStatus = database.registerListener({ statusChanged: changed })
      const leave = subscribeStream(database, options, (reason) => {
        error = reason
        changed()
      })
      return () => {
        stopStatus()
        leave()
      }
    },
  })
}

/**
 * A sync stream in a framework, by what is asked for now; equal options are the same subscription.
 */
export function createStream(
  host: Host<unknown>,
  database: () => CommonPowerSyncDatabase,
  options: () => SyncStreamOptions,
): () => SyncStreamValue {
  const stream = remaker<Readable<SyncStreamValue>>()
  return createValue(host, () => {
    const { name, params, ttl, priority } = options()
    const inputs = [database(), name, JSON.stringify(params), ttl, priority]
    return stream(inputs, () => syncStream(database(), options()))
  })
}

/**
 * Subscribes to a stream; the SDK counts who does, and keeps it for its `ttl` after the last one has left.
 *
 * @returns How to leave.
 */
export async function openStream(
  database: CommonPowerSyncDatabase,
  { name, params, ttl, priority }: SyncStreamOptions,
): Promise<Stop> {
  const subscription = await database.syncStream(name, params).subscribe({
    ...(ttl === undefined ? {} : { ttl }),
    ...(priority === undefined ? {} : { priority }),
  })
  return () => subscription.unsubscribe()
}

/** The state of a stream now, whoever has subscribed to it. */
export function streamNow(
  database: CommonPowerSyncDatabase,
  { name, params }: SyncStreamOptions,
): SyncStreamValue {
  const description = { name, parameters: params ?? null }
  return streamValue(database.currentStatus.forStream(description), undefined)
}

/** Subscribes, and leaves also when it is told to before the database has answered. */
function subscribeStream(
  database: CommonPowerSyncDatabase,
  options: SyncStreamOptions,
  settled: (error: Error | undefined) => void,
): Stop {
  let left = false
  let unsubscribe: Stop | undefined
  openStream(database, options).then(
    (leave) => {
      if (left) leave()
      else {
        unsubscribe = leave
        settled(undefined)
      }
    },
    (reason: unknown) => {
      if (!left) settled(reason instanceof Error ? reason : new Error(String(reason)))
    },
  )
  return () => {
    left = true
    unsubscribe?.()
  }
}

function statusValue(status: SyncStatus, error: RowsignalError | undefined): SyncStatusValue {
  const isAlive = error === undefined
  return {
    connected: isAlive && status.connected,
    connecting: isAlive && status.connecting,
    downloading: isAlive && status.downloading,
    uploading: isAlive && status.uploading,
    hasSynced: status.hasSynced === true,
    lastSyncedAt: status.lastSyncedAt,
    downloadError: status.downloadError,
    uploadError: status.uploadError,
    error,
    progress: isAlive ? progressValue(status.downloadProgress) : undefined,
  }
}

function streamValue(
  status: SyncStreamStatus | undefined,
  error: Error | undefined,
): SyncStreamValue {
  const subscription = status?.subscription
  return {
    subscribed: subscription?.hasExplicitSubscription === true || subscription?.isDefault === true,
    hasSynced: subscription?.hasSynced === true,
    lastSyncedAt: subscription?.lastSyncedAt ?? undefined,
    progress: progressValue(status?.progress),
    error,
  }
}

function progressValue(progress: SyncStreamStatus['progress'] | undefined) {
  if (progress === null || progress === undefined) return undefined
  return {
    downloaded: progress.downloadedOperations,
    total: progress.totalOperations,
    fraction: progress.downloadedFraction,
  }
}

function sameStatus(a: SyncStatusValue, b: SyncStatusValue): boolean {
  return (
    a.connected === b.connected &&
    a.connecting === b.connecting &&
    a.downloading === b.downloading &&
    a.uploading === b.uploading &&
    a.hasSynced === b.hasSynced &&
    a.lastSyncedAt?.getTime() === b.lastSyncedAt?.getTime() &&
    sameError(a.downloadError, b.downloadError) &&
    sameError(a.uploadError, b.uploadError) &&
    sameError(a.error, b.error) &&
    sameProgress(a.progress, b.progress)
  )
}

export function sameStream(a: SyncStreamValue, b: SyncStreamValue): boolean {
  return (
    a.subscribed === b.subscribed &&
    a.hasSynced === b.hasSynced &&
    a.lastSyncedAt?.getTime() === b.lastSyncedAt?.getTime() &&
    a.error === b.error &&
    sameProgress(a.progress, b.progress)
  )
}

/** The SDK makes its errors anew for each status, so they are compared by what they say. */
function sameError(a: Error | undefined, b: Error | undefined): boolean {
  return a?.name === b?.name && a?.message === b?.message
}

function sameProgress(a: SyncProgressValue | undefined, b: SyncProgressValue | undefined): boolean {
  return a?.downloaded === b?.downloaded && a?.total === b?.total
}
