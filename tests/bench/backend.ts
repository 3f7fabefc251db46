/**
 * `pnpm --dir tests exec tsx bench/backend.ts`: the built backend under load, on this machine only. 200 clients while
 * 20 uploads a second come for a minute; then 1,000 clients that ask for all places and read nothing. Ends by itself.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { askForPlaces, openReaders } from '../support/readers.ts'
import { openSockets as socketsOf } from '../support/resources.ts'

const { values } = parseArgs({
  options: {
    clients: { type: 'string', default: '200' },
    perSecond: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
    idle: { type: 'string', default: '1000' },
  },
})
const clients = Number(values.clients)
const uploads = Number(values.perSecond) * Number(values.seconds)
const idle = Number(values.idle)
const everyMs = 1000 / Number(values.perSecond)

const folder = mkdtempSync(join(tmpdir(), 'rowsignal-bench-'))
const command = fileURLToPath(new URL('../../playgrounds/backend/dist/main.js', import.meta.url))
const backend = spawn(process.execPath, [command, '--data', folder, '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, POSTGRES_URL: '', POWERSYNC_URL: '' },
})
const ready = new Promise<string>((resolve) => {
  createInterface(backend.stdout).on('line', (line) => {
    const url = /^Ready: (.+)$/.exec(line)?.[1]
    if (url !== undefined) resolve(url)
  })
})
try {
  console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model}`)
  const url = await ready
  await measureUploads(url)
  if (idle > 0) await measureIdle(url)
  const start = performance.now()
  const ended = once(backend, 'exit')
  backend.kill('SIGTERM')
  await ended
  console.log(`stop: ${seconds(performance.now() - start)} s`)
} finally {
  backend.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function measureUploads(url: string): Promise<void> {
  const token = await signIn(url)
  const sentAt = new Map<string, number>()
  const latest = new Map<string, number>()
  const socketsBefore = openSockets()
  const readers = await openReaders(url, {
    token,
    count: clients,
    onRows(rows) {
      for (const row of rows) latest.set(row, performance.now())
    },
  })
  const memory = watchMemory()
  const cpuBefore = cpuSeconds()
  const start = performance.now()
  const answers: Promise<Response>[] = []
  for (let number = 0; number < uploads; number++) {
    await delay(Math.max(0, start + number * everyMs - performance.now()))
    const id = `row-${number}`
    sentAt.set(id, performance.now())
    const operation = { op: 'PUT', table: 'trips', id, data: { name: 'Lapland' } }
    const key = { client: 'uploader', transaction: number, part: 0, isLast: true }
    answers.push(
      fetch(`${url}/api/upload`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ key, operations: [operation] }),
      }),
    )
  }
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  const sending = performance.now() - start
  for (let waits = 0; waits < 600 && readers.some(({ rows }) => rows.length < uploads); waits++)
    await delay(100)
  // Uploads that overlap have no order of their own, but all clients see the same one.
  const order = readers[0]?.rows ?? []
  const isWhole = order.length === uploads && order.every((row) => sentAt.has(row))
  const isOnce = new Set(order).size === uploads
  const others = readers.filter(({ rows }) => rows.join() !== order.join()).length
  const times = [...sentAt].map(([id, at]) => (latest.get(id) ?? Infinity) - at)
  times.sort((a, b) => a - b)
  const percentile = (share: number) => (times[Math.ceil(times.length * share) - 1] ?? 0).toFixed(0)
  console.log(
    `${clients} clients, ${uploads} uploads in ${seconds(sending)} s, ` +
      `${statuses.filter((status) => status !== 200).length} not taken; upload to all clients: ` +
      `median ${percentile(0.5)} ms, p95 ${percentile(0.95)} ms, most ${percentile(1)} ms; ` +
      `${isWhole && isOnce ? 'each row once' : 'ROWS LOST OR DOUBLED'}, ` +
      `${others} clients with another order; processor ${(cpuSeconds() - cpuBefore).toFixed(1)} s, ` +
      `memory ${memory()}`,
  )
  for (const reader of readers) reader.leave()
  await delay(1500)
  console.log(`sockets: ${socketsBefore} before them, ${openSockets()} 1.5 s after they have left`)
}

/** Clients that ask for all places and take nothing of the answer. */
async function measureIdle(url: string): Promise<void> {
  const token = await signIn(url)
  const before = openSockets()
  const memory = watchMemory()
  const sockets: Socket[] = []
  for (let number = 0; number < idle; number++) sockets.push(await askForPlaces(url, token))
  const start = performance.now()
  let most = 0
  for (let waits = 0; waits < 1200; waits++) {
    most = Math.max(most, openSockets())
    // Some are the uploads' own, which stay open for the next.
    if (most > before + idle / 2 && openSockets() <= before) break
    await delay(100)
  }
  console.log(
    `${idle} clients that read nothing: ${most - before} connections, ${openSockets() - before} left ` +
      `after ${seconds(performance.now() - start)} s; memory ${memory()}`,
  )
  for (const socket of sockets) socket.destroy()
}

async function signIn(url: string): Promise<string> {
  return ((await (await fetch(`${url}/api/token`)).json()) as { token: string }).token
}

function openSockets(): number {
  return socketsOf(backend.pid ?? 0)
}

/** What the backend has used of the processors so far. Linux counts in hundredths. */
function cpuSeconds(): number {
  const fields = readFileSync(`/proc/${backend.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) / 100
}

/** Follows the backend's memory; returns how to say what it was. */
function watchMemory(): () => string {
  const read = () =>
    Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${backend.pid}/status`, 'utf8'))?.[1])
  const before = read()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, read())
  }, 100)
  return () => {
    clearInterval(timer)
    return `${(before / 1024).toFixed(0)} MB before, ${(most / 1024).toFixed(0)} MB at most`
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
