import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('closing-process.ts', import.meta.url))
const root = fileURLToPath(new URL('../../', import.meta.url))

test('after the close nothing keeps a process alive', async () => {
  const args = ['--import', 'tsx', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  // The timer at first is the SDK's.
  expect(stdout.trim().split('\n')).toEqual(['open: 1', 'closing: 0', 'closed: 0'])
})
