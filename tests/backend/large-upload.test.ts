/** However large a transaction is and whatever is in between: it is written, refused by the backend itself, or kept. */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PowerSyncDatabase } from '@powersync/node'
import { outbox } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../playgrounds/app/api.ts'
import { schema } from '../../playgrounds/app/schema.ts'
import { uploadProblem } from '../../playgrounds/app/text.ts'
import { connectorOf } from '../../playgrounds/app/upload-parts.ts'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { startServiceBackend } from '../support/backend-service.ts'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { enterPage } from './page.ts'

async function openPlanner(page: { readonly url: string }): Promise<PowerSyncDatabase> {
  enterPage(page)
  const planner = await openDatabase(schema, { logLevel: Infinity })
  const connector = connectorOf(createApi('1'))
  await planner.connect(connector, { crudUploadThrottleMs: 10, retryDelayMs: 50 })
  return planner
}

const addTrips = (count: number) => `
  insert into trips (id, owner_id, name)
  with recursive n(n) as (select 1 union all select n + 1 from n where n < ${count})
  select 'trip' || n, '1', 'Lapland' from n`

async function countTrips({ postgres }: TestBackend): Promise<number | undefined> {
  const { rows } = await postgres.query<{ count: number }>('select count(*)::int count from trips')
  return rows[0]?.count
}

interface Gate {
  readonly url: string
  /** What is answered in the backend's place, by the number of bytes that are sent; undefined: the backend's answer. */
  answer: (bytes: number) => number | undefined
  /** How many uploads were not let through. */
  held: number
}

/** A proxy in front of a backend, such as there is in front of most. Its answers are no JSON. */
async function startGate(backend: TestBackend): Promise<Gate> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming
    const status =
      url === '/api/upload' ? gate.answer(Number(headers['content-length'])) : undefined
    if (status !== undefined) {
      gate.held++
      incoming.resume().on('end', () => outgoing.writeHead(status).end('<h1>No</h1>'))
      return
    }
    const upstream = request(new URL(url, backend.url), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    incoming.pipe(upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const gate: Gate = { url: `http://127.0.0.1:${port}`, answer: () => undefined, held: 0 }
  return gate
}

test.each([
  ['embedded', () => startTestBackend()],
  ['on a Postgres server', () => startServiceBackend()],
])(
  '%s: a transaction of 10,001 rows arrives as a whole',
  { timeout: 120_000 },
  async (_, start) => {
    const backend = await start()
    const planner = await openPlanner(backend)
    const counts = new Set<number | undefined>()
    await planner.execute(addTrips(10_001))
    await eventually(async () =>
      expect(
        await (async () => {
          counts.add(await countTrips(backend))
          return planner.getAll('select id from ps_crud limit 1')
        })(),
      ).toEqual([]),
    )
    expect(await countTrips(backend)).toBe(10_001)
    expect([...counts].filter((count) => count !== 0 && count !== 10_001)).toEqual([])
    expect(await planner.getAll('select * from rowsignal_refused')).toEqual([])
  },
)

test('a transaction gets through what only takes small requests', async () => {
  const backend = await startTestBackend()
  const gate = await startGate(backend)
  gate.answer = (bytes) => (bytes > 2_000 ? 413 : undefined)
  const planner = await openPlanner(gate)
  await planner.execute(addTrips(100))
  await eventually(async () => expect(await countTrips(backend)).toBe(100))
  expect(gate.held).toBeGreaterThan(0)
  await eventually(async () => expect(await planner.getAll('select * from ps_crud')).toEqual([]))
  expect(await planner.getAll('select * from rowsignal_refused')).toEqual([])
})

test('a change that cannot get through is kept, said to be, and sent when it can', async () => {
  const backend = await startTestBackend()
  const gate = await startGate(backend)
  gate.answer = () => 413
  const planner = await openPlanner(gate)
  const queue = outbox(planner)
  onTestFinished(queue.listen(() => undefined))
  const says = () => uploadProblem(queue.get())
  await planner.execute(addTrips(1))
  await eventually(() =>
    expect(says()).toContain('A change is too large to be sent. It is kept on this device.'),
  )
  expect(await planner.getAll('select id from trips')).toEqual([{ id: 'trip1' }])
  expect(await planner.getAll('select id from rowsignal_refused')).toEqual([])
  gate.answer = () => undefined
  await eventually(async () => expect(await countTrips(backend)).toBe(1))
  await eventually(() => expect(says()).toBeUndefined())
})

test.each([400, 404, 409, 422, 429, 502])(
  'a %i of something in between is no refusal',
  async (status) => {
    const backend = await startTestBackend()
    const gate = await startGate(backend)
    gate.answer = () => status
    const planner = await openPlanner(gate)
    await planner.execute(addTrips(1))
    await eventually(() => expect(gate.held).toBeGreaterThan(1))
    expect(await planner.getAll('select id from ps_crud')).toHaveLength(1)
    expect(await planner.getAll('select id from rowsignal_refused')).toEqual([])
    gate.answer = () => undefined
    await eventually(async () => expect(await countTrips(backend)).toBe(1))
  },
)

test('what the backend itself refuses leaves the queue and is told', async () => {
  const backend = await startTestBackend()
  const planner = await openPlanner(backend)
  await planner.execute(`insert into trips (id, owner_id) values ('t', '1')`)
  await eventually(async () =>
    expect(await planner.getAll('select operation, row_id from rowsignal_refused')).toEqual([
      { operation: 'PUT', row_id: 't' },
    ]),
  )
  await eventually(async () => expect(await planner.getAll('select id from ps_crud')).toEqual([]))
})
