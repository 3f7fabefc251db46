/** A Vite app in a folder of its own, as somebody has it who uses the packages: npm installs it, its own Vite serves it. */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { onTestFinished } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { runTool } from './run.ts'

/** What this repository is tested with, by name. */
export const testedVersions: Readonly<Record<string, string>> = manifest.devDependencies

/** What an `npm install` of a test is given. */
export const quietly = '--no-audit --no-fund --ignore-scripts --prefer-offline'

export interface AppManifest {
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
}

export const readManifest = (app: string): AppManifest =>
  JSON.parse(readFileSync(`${app}/package.json`, 'utf8')) as AppManifest

export function runLine(line: string, cwd: string): void {
  const [tool = '', ...args] = line.split(' ')
  runTool(tool, args, cwd)
}

/**
 * Puts versions into the app's package.json in place of its ranges: by default those of this repository, so that a new
 * version of a tool or framework does not fail an old commit.
 */
export function pinVersions(app: string, versions = testedVersions): void {
  const manifest = readManifest(app)
  for (const kind of ['dependencies', 'devDependencies'] as const) {
    for (const name of Object.keys(manifest[kind] ?? {})) {
      manifest[kind]![name] = versions[name] ?? manifest[kind]![name]!
    }
  }
  writeFileSync(`${app}/package.json`, JSON.stringify(manifest))
}

/** Starts the app's own Vite until the test ends, and resolves with its address. */
export async function serveApp(
  app: string,
  command: 'dev' | 'preview',
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const vite = spawn(
    process.execPath,
    [`${app}/node_modules/vite/bin/vite.js`, command, '--host', '127.0.0.1', '--port', '0'],
    { cwd: app, env: { ...process.env, NO_COLOR: '1', NODE_ENV: 'development', ...env } },
  )
  onTestFinished(() => void vite.kill())
  let said = ''
  return new Promise((resolve, reject) => {
    const listen = (chunk: Buffer): void => {
      said += chunk.toString()
      const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (url !== undefined) resolve(url)
    }
    vite.stdout.on('data', listen)
    vite.stderr.on('data', listen)
    vite.on('exit', () => reject(new Error(`Vite ended:\n${said}`)))
  })
}
