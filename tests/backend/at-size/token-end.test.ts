import { expect, test } from 'vitest'
import { startTestBackend } from '../../support/backend.ts'
import { eventually } from '../../support/eventually.ts'
import { operationsOf, readSyncLines, type SyncLine } from '../../support/sync-client.ts'

test(
  'a download ends with its token, however much of it is left',
  { timeout: 120_000 },
  async () => {
    const backend = await startTestBackend({ places: 'all', tokenSeconds: 3 })
    const token = await backend.token()
    const expiresAt = Date.now() + 3_000
    const lines: SyncLine[] = []
    for await (const line of readSyncLines(backend.url, { token, streams: ['places'] })) {
      lines.push(line)
      // It reads on when the token has ended: what is on its way then still comes.
      if (lines.length === 3) await eventually(() => expect(Date.now()).toBeGreaterThan(expiresAt))
    }
    expect(operationsOf(lines).length).toBeGreaterThan(0)
    expect(operationsOf(lines).length).toBeLessThan(100_000)
    expect(lines.some((line) => line.checkpoint_complete !== undefined)).toBe(false)
  },
)
