/** Builds the commands of the backend once before the tests of a project: not while some of them run one. */
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const source = fileURLToPath(new URL('../../playgrounds/backend', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

export async function setup(): Promise<void> {
  const manifest = createRequire(join(root, 'package.json')).resolve('tsdown/package.json')
  const command = join(dirname(manifest), 'dist/run.mjs')
  await promisify(execFile)(process.execPath, [command], { cwd: source })
}
