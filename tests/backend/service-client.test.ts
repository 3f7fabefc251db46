import { copyFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { syncStatus } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../playgrounds/app/api.ts'
import { schema } from '../../playgrounds/app/schema.ts'
import { connectionOf, connectionText } from '../../playgrounds/app/text.ts'
import { connectorOf } from '../../playgrounds/app/upload-parts.ts'
import { makeFolder, startTestBackend } from '../support/backend.ts'
import { startServiceBackend } from '../support/backend-service.ts'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { enterPage } from './page.ts'

test('the planner syncs where its backend syncs', async () => {
  const backend = await startTestBackend()
  enterPage(backend)
  expect(await createApi('1').signIn()).toEqual({
    endpoint: backend.url,
    token: expect.any(String),
  })
})

test('the planner uploads to its backend and syncs from the service that this names', async () => {
  // An embedded backend in the place of the service: the same protocol, and the same key to check tokens by.
  const service = await startTestBackend()
  const dataDir = await makeFolder()
  await copyFile(join(service.dataDir, 'signing-key.json'), join(dataDir, 'signing-key.json'))
  const backend = await startServiceBackend({ dataDir, powersyncUrl: service.url })
  enterPage(backend)

  const planner = await openDatabase(schema)
  const connector = connectorOf(createApi('2'))
  await planner.connect(connector, { crudUploadThrottleMs: 10, retryDelayMs: 50 })
  await service.postgres.exec(
    `insert into trips (id, owner_id, name) values ('t', '2', 'From the service')`,
  )
  await eventually(async () =>
    expect(await planner.getAll('select name from trips')).toEqual([{ name: 'From the service' }]),
  )

  await planner.execute(`insert into trips (id, owner_id, name) values ('u', '2', 'From here')`)
  await eventually(async () =>
    expect(await backend.server.rows('select id, owner_id, name from trips')).toEqual([
      { id: 'u', owner_id: '2', name: 'From here' },
    ]),
  )
  const { rows } = await service.postgres.query('select id from trips')
  expect(rows).toEqual([{ id: 't' }])
})

test('the status line says that the service has not replicated its Postgres yet', async () => {
  const service = createServer((_, answer) => {
    const error = { code: 'PSYNC_S2302', description: 'No sync config available' }
    answer.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    service.close()
  })
  const { port } = service.address() as AddressInfo
  enterPage(await startServiceBackend({ powersyncUrl: `http://127.0.0.1:${port}` }))
  const planner = await openDatabase(schema, { logLevel: Infinity })
  const connector = connectorOf(createApi('1'))
  // It does not resolve before it has connected.
  planner.connect(connector, { retryDelayMs: 50 }).catch(() => {})
  const says = (isOffline: boolean) =>
    connectionText[connectionOf(syncStatus(planner).get(), isOffline)]
  await eventually(() => expect(says(false)).toBe('The service is still reading its database …'))
  expect(says(true)).toBe('Offline')
})
