import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createApi } from '../../playgrounds/app/api.ts'
import { createConnector } from '../../playgrounds/app/connector.ts'
import { schema } from '../../playgrounds/app/schema.ts'
import { makeFolder, startTestBackend, type TestBackend } from '../support/backend.ts'
import { startServiceBackend } from '../support/backend-service.ts'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'

/** What a page has that is served by `backend`: an origin that paths are relative to. */
function enterPage({ url }: TestBackend): void {
  const fetchFromNode = fetch
  vi.stubGlobal('location', new URL(url))
  vi.stubGlobal('fetch', (target: RequestInfo, init?: RequestInit) =>
    fetchFromNode(typeof target === 'string' ? new URL(target, url) : target, init),
  )
  onTestFinished(() => {
    vi.unstubAllGlobals()
  })
}

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
  const connector = createConnector(createApi('2'), () => {})
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
