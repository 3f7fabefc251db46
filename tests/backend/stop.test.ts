import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { makeFolder, makeSeededFolder } from '../support/backend.ts'
import { runCommand } from '../support/backend-process.ts'
import { eventually } from '../support/eventually.ts'
import { openReaders } from '../support/readers.ts'

const clean = { code: 0, errors: '' }

async function signIn(url: string): Promise<string> {
  return ((await (await fetch(`${url}/api/token`)).json()) as { token: string }).token
}

function report(start: number): void {
  process.stdout.write(`stopped in ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
}

test('a backend with open streams, a slow upload and a long queue stops cleanly and loses nothing', async () => {
  const dataDir = await makeSeededFolder(0)
  const backend = runCommand('main.js', { args: ['--data', dataDir, '--port', '0'] })
  const url = await backend.ready()
  const token = await signIn(url)
  const post = (path: string, body: object) =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const operation = { op: 'PUT', table: 'trips', id: 't', data: { name: 'Lapland' } }
  expect((await post('/api/upload', { operations: [operation] })).status).toBe(200)
  await openReaders(url, { token, count: 20 }).then((readers) =>
    // They are cut, each its own time.
    readers.map((reader) => reader.rows),
  )
  await post('/api/faults', { delayMs: 60_000 })
  const slow = post('/api/upload', { operations: [operation] }).catch((error: unknown) => error)
  const start = performance.now()
  await backend.kill('SIGTERM')
  report(start)
  // Far less than the upload would wait.
  expect(performance.now() - start).toBeLessThan(30_000)
  expect(await backend.ended()).toEqual(clean)
  expect(await slow).toBeInstanceOf(Error)
  expect(existsSync(join(dataDir, 'backend.pid'))).toBe(false)

  const again = runCommand('main.js', { args: ['--data', dataDir, '--port', '0'] })
  const after = await again.ready()
  const [reader] = await openReaders(after, { token, count: 1 })
  expect(reader?.rows).toContain('t')
  reader?.leave()
})

test('a backend that hangs stops all the same, and starts again with what it had', async () => {
  const dataDir = await makeSeededFolder(0)
  const hang = join(await makeFolder(), 'hang')
  const blocker = fileURLToPath(new URL('../support/blocked-thread.mjs', import.meta.url))
  const backend = runCommand('main.js', {
    args: ['--data', dataDir, '--port', '0'],
    environment: { NODE_OPTIONS: `--import ${blocker}`, ROWSIGNAL_TEST_HANG: hang },
  })
  const url = await backend.ready()
  const token = await signIn(url)
  const operation = { op: 'PUT', table: 'trips', id: 't', data: { name: 'Lapland' } }
  const written = await fetch(`${url}/api/upload`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ operations: [operation] }),
  })
  expect(written.status).toBe(200)
  await writeFile(hang, '')
  // It hangs when nobody is answered any more.
  const isAnswered = () =>
    fetch(`${url}/api/jwks`, { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    )
  await eventually(async () => expect(await isAnswered()).toBe(false))
  const start = performance.now()
  await backend.kill('SIGTERM')
  report(start)
  expect(await backend.ended()).toEqual(clean)
  expect(existsSync(join(dataDir, 'backend.pid'))).toBe(false)

  const again = runCommand('main.js', { args: ['--data', dataDir, '--port', '0'] })
  const [reader] = await openReaders(await again.ready(), { token, count: 1 })
  expect(reader?.rows).toContain('t')
  reader?.leave()
})
