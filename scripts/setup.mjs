// @ts-check
/** What the two commands share: pnpm on a machine that has only Node and npm, the install, and running a step. */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** pnpm 11 does not run on Node 20, so the version stands here and not in a `packageManager` field. */
export const pnpmVersion = '10.34.9'

/**
 * Runs a command in the project and shows its output.
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 * @returns {boolean} whether it succeeded
 */
export function run(command, args, env = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  })
  if (error) throw error
  return status === 0
}

/**
 * Runs pnpm in the project.
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export function pnpm(args, env) {
  return run('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], env)
}

/**
 * Runs pnpm in the project without waiting for it. What it prints is shown, or kept for whoever shows it later.
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, keeps?: boolean }} [options]
 * @returns {Promise<{ succeeded: boolean, printed: string, seconds: number }>}
 */
export function startPnpm(args, { env = {}, keeps = false } = {}) {
  const start = performance.now()
  const child = spawn('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], {
    cwd: root,
    stdio: keeps ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...env },
    shell: process.platform === 'win32',
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => (printed += text))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      resolve({ succeeded: status === 0, printed, seconds: (performance.now() - start) / 1000 })
    })
  })
}

/**
 * Ends the command when a step fails.
 * @param {string} title
 * @param {boolean} succeeded
 */
export function must(title, succeeded) {
  if (succeeded) return
  console.error(`\n${title} failed.`)
  process.exit(1)
}

/** Installs what the lockfile says, unless that is done already. */
export function install() {
  const lockfile = readFileSync(`${root}/pnpm-lock.yaml`)
  const hash = createHash('sha256').update(lockfile).digest('hex')
  const mark = `${root}/node_modules/.setup`
  if (existsSync(mark) && readFileSync(mark, 'utf8') === hash) return
  // CI keeps pnpm from asking whether it may replace node_modules.
  must('The install', pnpm(['install', '--frozen-lockfile'], { CI: '1' }))
  writeFileSync(mark, hash)
}

/** Builds the packages, the backend and the playgrounds. */
export function build() {
  must('The build', pnpm(['run', 'build']))
}
