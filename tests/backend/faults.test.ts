import { expect, test } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { eventually } from '../support/eventually.ts'
import { readSyncLines } from '../support/sync-client.ts'
import { openPlanner } from './planner.ts'

interface Asked {
  readonly user?: '1' | '2'
  readonly body?: object
}

async function ask(backend: TestBackend, path: string, { user = '1', body }: Asked = {}) {
  const response = await fetch(backend.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await backend.token(user)}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, answer: (await response.json()) as unknown }
}

const body = { operations: [{ op: 'PUT', table: 'trips', id: 't', data: { name: 'Lapland' } }] }

test('the next upload of a user is refused when asked, and only that one', async () => {
  const backend = await startTestBackend()
  await ask(backend, '/api/faults', { body: { refuseNext: true } })
  expect((await ask(backend, '/api/upload', { user: '2', body })).status).toBe(200)
  expect(await ask(backend, '/api/upload', { body })).toMatchObject({
    status: 422,
    answer: { code: 'refused' },
  })
  const { rows } = await backend.postgres.query('select owner_id from trips')
  expect(rows).toEqual([{ owner_id: '2' }])
  expect((await ask(backend, '/api/faults')).answer).toEqual({ delayMs: 0, refuseNext: false })
  const own = { operations: [{ ...body.operations[0], id: 'own' }] }
  expect((await ask(backend, '/api/upload', { body: own })).status).toBe(200)
})

test('a delay holds the uploads and the checkpoints of one user', async () => {
  const backend = await startTestBackend()
  const { answer } = await ask(backend, '/api/faults', { body: { delayMs: 300 } })
  expect(answer).toEqual({ delayMs: 300, refuseNext: false })
  const time = async (work: () => Promise<unknown>) => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
  const firstLine = async (user: '1' | '2') =>
    readSyncLines(backend.url, { token: await backend.token(user) }).next()

  expect(await time(() => ask(backend, '/api/upload', { body }))).toBeGreaterThan(295)
  expect(await time(() => firstLine('1'))).toBeGreaterThan(295)
  await ask(backend, '/api/faults', { body: { delayMs: 60_000 } })
  const first = firstLine('1').then(() => 'the held one')
  expect(await Promise.race([first, firstLine('2').then(() => 'the other')])).toBe('the other')
})

test('a cut drops the open streams of one user, who come back', async () => {
  const backend = await startTestBackend()
  const [first, second] = await Promise.all([
    openPlanner({ url: () => backend.url, user: '1' }),
    openPlanner({ url: () => backend.url, user: '2' }),
  ])
  const events: string[] = []
  for (const [name, planner] of Object.entries({ first, second })) {
    let wasConnected = true
    planner.registerListener({
      statusChanged({ connected }) {
        if (connected !== wasConnected) events.push(`${name} ${connected ? 'back' : 'cut'}`)
        wasConnected = connected
      },
    })
  }
  await ask(backend, '/api/faults', { body: { cut: true } })
  await eventually(() => expect(events).toEqual(['first cut', 'first back']))
})
