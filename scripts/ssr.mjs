// @ts-check
/**
 * Builds and starts an app of `playgrounds/ssr`: `npm run ssr -- nuxt`. It stands in a folder of its own, with the packages as
 * they would be published, on a newer Node than this repository's, which npm brings.
 */
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { argv } from 'node:process'
import { build, install, pnpmVersion, root } from './setup.mjs'

const nodePackage = `node-${process.platform}-${process.arch}`

/** What each framework builds for Node. @type {Record<string, string>} */
const entries = {
  nuxt: '.output/server/index.mjs',
  sveltekit: 'build/index.js',
  solidstart: '.output/server/index.mjs',
}

/** The names of the apps. */
export const ssrApps = Object.keys(entries)

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv }} options
 */
function runIn(command, args, options) {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    ...options,
    encoding: 'utf8',
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  return stdout
}

/**
 * Packs what the app asks for of this repository, which has been built, and names the files in its package.json.
 * @param {string} folder
 */
function usePackages(folder) {
  const path = join(folder, 'package.json')
  const app = JSON.parse(readFileSync(path, 'utf8'))
  for (const name of Object.keys(app.dependencies)) {
    const [scope, short = ''] = name.split('/')
    if (scope !== '@rowsignal') continue
    const cwd = join(root, short === 'core' ? 'core' : `bindings/${short}`)
    const args = ['--yes', `pnpm@${pnpmVersion}`, 'pack', '--json', '--pack-destination', folder]
    app.dependencies[name] = `file:${JSON.parse(runIn('npx', args, { cwd })).filename}`
  }
  writeFileSync(path, JSON.stringify(app, undefined, 2))
}

/**
 * Copies an app into a new folder below this one, installs and builds it.
 * @param {string} app one of `ssrApps`
 * @param {string} within
 * @returns {(env: NodeJS.ProcessEnv) => import('node:child_process').ChildProcess} what starts it, at `PORT` and `HOST`
 */
export function buildSsrApp(app, within) {
  const entry = entries[app]
  if (entry === undefined) throw new Error(`${app} is not one of ${ssrApps.join(', ')}.`)
  const folder = mkdtempSync(join(within, `${app}-`))
  cpSync(join(root, 'playgrounds/ssr', app), folder, { recursive: true })
  usePackages(folder)
  const quietly = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline']
  runIn('npm', ['install', `${nodePackage}@24.21.0`, ...quietly], { cwd: folder })
  const node = join(folder, 'node_modules', nodePackage, 'bin/node')
  const env = {
    ...process.env,
    NODE_ENV: 'production',
    PATH: `${dirname(node)}:${process.env.PATH}`,
  }
  runIn('npm', ['run', 'build'], { cwd: folder, env })
  return (env) => spawn(node, [entry], { cwd: folder, env: { ...process.env, ...env } })
}

if (argv[1] === import.meta.filename) {
  install()
  build()
  const start = buildSsrApp(argv[2] ?? '', mkdtempSync(join(tmpdir(), 'rowsignal-')))
  const server = start({ HOST: '127.0.0.1', PORT: process.env.PORT ?? '3000' })
  server.stdout?.pipe(process.stdout)
  server.stderr?.pipe(process.stderr)
}
