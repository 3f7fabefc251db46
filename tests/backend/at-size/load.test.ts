/** What has to be right under load. How fast it is, is measured by bench/backend.ts. */
import { existsSync } from 'node:fs'
import type { Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { makeSeededFolder, startTestBackend } from '../../support/backend.ts'
import { runBackend } from '../../support/backend-process.ts'
import { eventually } from '../../support/eventually.ts'
import { askForPlaces, openReaders } from '../../support/readers.ts'
import { openSockets, residentBytes } from '../../support/resources.ts'

async function signIn(url: string): Promise<string> {
  return ((await (await fetch(`${url}/api/token`)).json()) as { token: string }).token
}

test(
  'each of many clients gets each upload once, in the order in which they were written',
  { timeout: 120_000 },
  async () => {
    const backend = await startTestBackend()
    const token = await backend.token()
    const clients = 40
    const uploads = 60
    const readers = await openReaders(backend.url, { token, count: clients })
    onTestFinished(() => {
      for (const reader of readers) reader.leave()
    })
    const start = performance.now()
    await Promise.all(
      Array.from({ length: uploads }, async (_, number) => {
        const key = { client: `device-${number % 5}`, transaction: number, part: 0, isLast: true }
        const operation = { op: 'PUT', table: 'trips', id: `${number}`, data: { name: 'Lapland' } }
        const response = await fetch(`${backend.url}/api/upload`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ key, operations: [operation] }),
        })
        expect(response.status).toBe(200)
      }),
    )
    await eventually(() =>
      expect(Math.min(...readers.map(({ rows }) => rows.length))).toBe(uploads),
    )
    const seconds = (performance.now() - start) / 1000
    process.stdout.write(`${clients} clients, ${uploads} uploads: ${seconds.toFixed(1)} s\n`)
    const { rows } = await backend.postgres.query<{ id: string }>(
      `select ('{' || members || '}')::json ->> 'object_id' id from sync.operations order by op_id`,
    )
    const written = rows.map(({ id }) => id)
    expect(new Set(written).size).toBe(uploads)
    for (const reader of readers) expect(reader.rows).toEqual(written)
  },
)

describe.skipIf(!existsSync('/proc/self/fd'))('seen from outside', () => {
  test(
    'clients that read nothing are disconnected, and cost little until then',
    { timeout: 180_000 },
    async () => {
      const backend = runBackend(
        '--data',
        await makeSeededFolder('all'),
        '--port',
        '0',
        '--stall-ms',
        '3000',
      )
      const url = await backend.ready()
      const token = await signIn(url)
      const before = openSockets(backend.pid)
      const memoryBefore = residentBytes(backend.pid)
      const clients = 60
      const sockets: Socket[] = []
      onTestFinished(() => {
        for (const socket of sockets) socket.destroy()
      })
      for (let number = 0; number < clients; number++) sockets.push(await askForPlaces(url, token))
      await eventually(() => expect(openSockets(backend.pid)).toBeGreaterThan(before + clients / 2))
      await eventually(() => expect(openSockets(backend.pid)).toBeLessThanOrEqual(before))
      const megabytes = (residentBytes(backend.pid) - memoryBefore) / 2 ** 20
      process.stdout.write(`${clients} clients that read nothing: ${megabytes.toFixed(0)} MB\n`)
      expect(megabytes).toBeLessThan(100)
    },
  )

  test(
    'what many clients had open is closed when they have left',
    { timeout: 120_000 },
    async () => {
      const backend = runBackend('--data', await makeSeededFolder(0), '--port', '0')
      const url = await backend.ready()
      const token = await signIn(url)
      const before = openSockets(backend.pid)
      const readers = await openReaders(url, { token, count: 100 })
      expect(openSockets(backend.pid)).toBeGreaterThanOrEqual(before + 100)
      for (const reader of readers) reader.leave()
      await eventually(() => expect(openSockets(backend.pid)).toBeLessThanOrEqual(before))
    },
  )
})
