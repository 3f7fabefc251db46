/** What is relied on of a connection of the SDK: it tells nobody when it ends, so it is looked at. */
import type { PowerSyncBackendConnector } from '@powersync/common'
import { expect, onTestFinished, test } from 'vitest'
import { onConnected, whileConnected } from '../../../core/src/libraries/connection.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { SyncEndpoint } from '../../support/sync-endpoint.ts'
import { schema } from '../../support/todos.ts'

async function openConnected() {
  const endpoint = new SyncEndpoint()
  await endpoint.start()
  onTestFinished(() => endpoint.stop())
  const database = await openDatabase(schema, { logLevel: Infinity })
  const signals: AbortSignal[] = []
  const connector: PowerSyncBackendConnector = {
    fetchCredentials: endpoint.connector().fetchCredentials,
    async uploadData(uploaded) {
      const { signal, stop } = whileConnected(uploaded)
      signals.push(signal)
      await new Promise<void>((ended) => signal.addEventListener('abort', () => ended()))
      stop()
    },
  }
  await database.execute("INSERT INTO todos (id, title) VALUES ('a', 'a')")
  await database.connect(connector, { retryDelayMs: 10 })
  await eventually(() => expect(signals.length).toBe(1))
  return { database, connector, endpoint, signals }
}

test('`disconnect` waits for an upload that is under way, and `connectionOptions` of the manager is null at once', async () => {
  const { database, signals } = await openConnected()
  expect(signals[0]?.aborted).toBe(false)
  const done = database.disconnect()
  expect((database as unknown as { connectionManager: object }).connectionManager).toMatchObject({
    connectionOptions: null,
  })
  await done // or the test ends by its limit
  expect(signals[0]?.aborted).toBe(true)
})

test('a connection that takes its place ends it too, by the `connector` that waits', async () => {
  const { database, connector, signals } = await openConnected()
  await database.connect(connector, { retryDelayMs: 10 })
  await eventually(() => expect(signals.length).toBe(2))
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
})

test('so does a close', async () => {
  const { database, signals } = await openConnected()
  await database.close()
  expect(signals[0]?.aborted).toBe(true)
})

test('an upload without a connection is ended by nothing but a close', async () => {
  const database = await openDatabase(schema)
  const { signal } = whileConnected(database)
  await database.disconnect()
  expect(signal.aborted).toBe(false)
  await database.close()
  expect(signal.aborted).toBe(true)
})

test('a connection is told once, when it has been made', async () => {
  const { database, endpoint } = await openConnected()
  await eventually(() => expect(database.connected).toBe(true))
  let times = 0
  const stop = onConnected(database, () => times++)
  endpoint.change({ type: 'todos', id: 'b', data: { title: 'b' } })
  await eventually(async () =>
    expect(await database.getAll("SELECT 1 FROM ps_oplog WHERE row_id = 'b'")).toHaveLength(1),
  )
  expect(times).toBe(0)
  endpoint.disconnectClients()
  await eventually(() => expect(times).toBe(1))
  stop()
})
