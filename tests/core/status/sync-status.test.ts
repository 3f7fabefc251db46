import { column, Schema, Table } from '@powersync/common'
import { syncStatus, syncStream } from '@rowsignal/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'

const schema = new Schema({ todos: new Table({ title: column.text }) })

/** A connector whose service cannot be reached. */
const unreachable = {
  fetchCredentials: () => Promise.reject(new Error('no network')),
  uploadData: () => Promise.resolve(),
}

test('a database that has never connected is offline, and its status keeps its reference', async () => {
  const database = await openDatabase(schema)
  const status = syncStatus(database)
  expect(status.get()).toEqual({
    connected: false,
    connecting: false,
    downloading: false,
    uploading: false,
    hasSynced: false,
    lastSyncedAt: undefined,
    downloadError: undefined,
    uploadError: undefined,
    progress: undefined,
  })
  expect(status.get()).toBe(status.get())
  expect(syncStatus(database)).toBe(status)
})

test('a failed connection is told once, however often the SDK repeats it', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {}) // the SDK logs each failed try
  onTestFinished(() => void vi.restoreAllMocks())
  const database = await openDatabase(schema)
  const seen: (string | undefined)[] = []
  onTestFinished(
    syncStatus(database).listen((value) => void seen.push(value.downloadError?.message)),
  )
  const raw = vi.fn()
  database.registerListener({ statusChanged: raw })
  const connected = database.connect(unreachable, { retryDelayMs: 5 })
  await eventually(() => expect(raw.mock.calls.length).toBeGreaterThan(8))
  await database.disconnect()
  await connected.catch(() => {})
  expect(seen).toContain('no network')
  expect(seen.length).toBeLessThan(raw.mock.calls.length)
})

test('the SDK’s listener goes with the last of ours', async () => {
  const database = await openDatabase(schema)
  const listeners = (database as unknown as { listeners: Set<unknown> }).listeners
  const before = listeners.size
  const stop = syncStatus(database).listen(() => {})
  expect(listeners.size).toBeGreaterThan(before)
  stop()
  expect(listeners.size).toBe(before)
})

test('a stream is subscribed to with the first listener', async () => {
  const database = await openDatabase(schema)
  const stream = syncStream(database, { name: 'list', params: { id: '1' }, ttl: 60, priority: 1 })
  expect(stream.get()).toEqual({
    subscribed: false,
    hasSynced: false,
    lastSyncedAt: undefined,
    progress: undefined,
    error: undefined,
  })
  onTestFinished(stream.listen(() => {}))
  await eventually(() => expect(stream.get().subscribed).toBe(true))
  expect(stream.get()).toBe(stream.get())
  expect(
    await database.getAll(
      'SELECT stream_name, local_params, ttl, local_priority FROM ps_stream_subscriptions',
    ),
  ).toEqual([{ stream_name: 'list', local_params: '{"id":"1"}', ttl: 60, local_priority: 1 }])
})

test('a stream without parameters is found again', async () => {
  const database = await openDatabase(schema)
  const stream = syncStream(database, { name: 'all' })
  onTestFinished(stream.listen(() => {}))
  await eventually(() => expect(stream.get().subscribed).toBe(true))
})

test('a stream that is left before the database answers is left', async () => {
  const database = await openDatabase(schema)
  const stream = syncStream(database, { name: 'list' })
  stream.listen(() => {})()
  await eventually(() => expect(stream.get().subscribed).toBe(true))
  const active = (
    database as unknown as { connectionManager: { activeStreams: readonly unknown[] } }
  ).connectionManager.activeStreams
  expect(active).toEqual([])
})

test('a stream of a closed database has an error', async () => {
  const database = await openDatabase(schema)
  await database.close()
  const stream = syncStream(database, { name: 'list' })
  onTestFinished(stream.listen(() => {}))
  await eventually(() => expect(stream.get().error).toBeInstanceOf(Error))
})
