/**
 * The backend as people run it: the built command in a process of its own, which can be killed and measured. It is built
 * by `build-backend.ts`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const source = fileURLToPath(new URL('../../playgrounds/backend', import.meta.url))

export interface BackendProcess {
  readonly pid: number
  /** What it has printed so far, line by line. */
  readonly lines: readonly string[]
  /** Resolves with the URL when it listens. */
  ready(): Promise<string>
  /** Resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Resolves when it has ended, by itself or not, with what it printed as errors. */
  ended(): Promise<{ code: number | null; errors: string }>
}

/** Starts the command with `args`, and kills it when the test ends. */
export function runBackend(...args: string[]): BackendProcess {
  return runCommand('main.js', { args })
}

export interface CommandOptions {
  readonly args?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts one of the built commands, and kills it when the test ends. */
export function runCommand(
  file: 'main.js' | 'seed-command.js',
  { args = [], environment = {} }: CommandOptions,
): BackendProcess {
  const child = spawn(process.execPath, [join(source, 'dist', file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Whoever runs the tests may work on a service of their own.
    env: { ...process.env, POSTGRES_URL: '', POWERSYNC_URL: '', ...environment },
  })
  const lines: string[] = []
  const errors: string[] = []
  createInterface(child.stderr).on('line', (line) => errors.push(line))
  const ended = once(child, 'close').then(() => ({
    code: child.exitCode,
    errors: errors.join('\n'),
  }))
  const ready = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      lines.push(line)
      const url = /^Ready: (.+)$/.exec(line)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('close', () => reject(new Error(`The backend has ended. ${errors.join('\n')}`)))
  })
  // Not everyone who starts it waits for it.
  ready.catch(() => {})
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    await exit
  }
  onTestFinished(() => kill())
  return { pid: child.pid ?? 0, lines, ready: () => ready, kill, ended: () => ended }
}
