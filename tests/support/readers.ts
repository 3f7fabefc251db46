/**
 * Many clients of one backend in one process, each with a connection of its own: a PowerSync client reduced to what
 * has to be right under load, which operations came and in which order.
 */
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { connect, type Socket } from 'node:net'
import type { SyncLine } from './sync-client.ts'

export interface Reader {
  /** Ids of the rows that have come and been completed by a checkpoint, in order. */
  readonly rows: string[]
  leave(): void
}

export interface ReadersOptions {
  readonly token: string
  readonly count: number
  /** Called when a checkpoint completes rows that `reader` has not had before. */
  readonly onRows?: (rows: readonly string[], reader: number) => void
}

/** Opens `count` streams; resolves when each is in step. */
export async function openReaders(url: string, options: ReadersOptions): Promise<Reader[]> {
  const agent = new Agent({ keepAlive: false, maxSockets: Infinity })
  const open = (_: unknown, index: number) => openReader(url, { ...options, index, agent })
  return Promise.all(Array.from({ length: options.count }, open))
}

function openReader(
  url: string,
  { token, onRows, index, agent }: ReadersOptions & { index: number; agent: Agent },
): Promise<Reader> {
  const rows: string[] = []
  let uncompleted: string[] = []
  const take = ({ data, checkpoint_complete: complete }: SyncLine) => {
    if (data !== undefined) uncompleted.push(...data.data.map(({ object_id: id }) => id))
    if (complete === undefined || uncompleted.length === 0) return
    rows.push(...uncompleted)
    onRows?.(uncompleted, index)
    uncompleted = []
  }
  return new Promise((resolve, reject) => {
    const asked = request(`${url}/sync/stream`, {
      agent,
      method: 'POST',
      headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    })
    const reader = { rows, leave: () => asked.destroy() }
    asked.on('error', reject)
    asked.on('response', (answer) => {
      let rest = ''
      answer.setEncoding('utf8')
      // Also how it ends when it leaves.
      answer.on('error', reject)
      answer.on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) {
          const parsed = JSON.parse(line) as SyncLine
          take(parsed)
          if (parsed.checkpoint_complete !== undefined) resolve(reader)
        }
      })
    })
    asked.end(JSON.stringify({ client_id: `reader-${index}`, buckets: [] }))
  })
}

/** Asks for all places and takes nothing of the answer. */
export async function askForPlaces(url: string, token: string): Promise<Socket> {
  const body = JSON.stringify({ streams: { subscriptions: [{ stream: 'places' }] } })
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.pause()
  // How it hears of being disconnected.
  socket.on('error', () => {})
  await once(socket, 'connect')
  const head = [
    'POST /sync/stream HTTP/1.1',
    `host: ${hostname}`,
    `authorization: Token ${token}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  return socket
}
