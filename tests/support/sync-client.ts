/**
 * A PowerSync client reduced to the wire: it reads a stream's lines as they come and keeps what a real client keeps,
 * the last operation of each bucket, so that a test can count and can break off wherever it likes.
 */
export interface SyncOperation {
  readonly op_id: string
  readonly op: 'PUT' | 'REMOVE' | 'CLEAR'
  readonly object_type: string
  readonly object_id: string
  readonly checksum: number
  readonly data: string | null
}

interface CheckpointBucket {
  readonly bucket: string
  readonly checksum: number
  readonly count: number
  readonly priority: number
}

export interface SyncLine {
  readonly checkpoint?: {
    readonly last_op_id: string
    readonly write_checkpoint?: string
    readonly buckets: readonly CheckpointBucket[]
  }
  readonly checkpoint_diff?: {
    readonly last_op_id: string
    readonly write_checkpoint?: string
    readonly updated_buckets: readonly CheckpointBucket[]
  }
  readonly data?: {
    readonly bucket: string
    readonly after: string
    readonly next_after: string
    readonly has_more: boolean
    readonly data: readonly SyncOperation[]
  }
  readonly partial_checkpoint_complete?: { readonly priority: number }
  readonly checkpoint_complete?: { readonly last_op_id: string }
  readonly token_expires_in?: number
}

export interface SyncClientOptions {
  readonly token: string
  readonly clientId?: string
  /** Streams to subscribe to beside the default ones. */
  readonly streams?: readonly string[]
  /** What an earlier stream of the same client has brought. */
  readonly positions?: Map<string, string>
}

/** Yields the lines of one stream; ends with it, and leaves when the consumer leaves. */
export async function* readSyncLines(
  url: string,
  options: SyncClientOptions,
): AsyncGenerator<SyncLine> {
  const { token, clientId = 'raw', streams = [], positions = new Map<string, string>() } = options
  const leaving = new AbortController()
  const response = await fetch(`${url}/sync/stream`, {
    method: 'POST',
    headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      client_id: clientId,
      buckets: [...positions].map(([name, after]) => ({ name, after })),
      streams: {
        include_defaults: true,
        subscriptions: streams.map((stream) => ({
          stream,
          parameters: null,
          override_priority: null,
        })),
      },
    }),
    signal: leaving.signal,
  })
  if (!response.ok || response.body === null)
    throw new Error(`/sync/stream answered ${response.status}`)
  try {
    let rest = ''
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const parsed = JSON.parse(line) as SyncLine
        if (parsed.data !== undefined) positions.set(parsed.data.bucket, parsed.data.next_after)
        yield parsed
      }
    }
  } finally {
    leaving.abort()
  }
}

/** Reads until `isLast` says so, then hangs up. */
export async function readSyncLinesUntil(
  lines: AsyncGenerator<SyncLine>,
  isLast: (line: SyncLine) => boolean,
): Promise<SyncLine[]> {
  const read: SyncLine[] = []
  for await (const line of lines) {
    read.push(line)
    if (isLast(line)) break
  }
  return read
}

/** The operations of all lines, in order. */
export function operationsOf(lines: readonly SyncLine[]): SyncOperation[] {
  return lines.flatMap((line) => line.data?.data ?? [])
}
