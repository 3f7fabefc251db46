/** Running the tools that the package tests ask, and where the packages are. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

/** The folders of what is published. */
export const packages = ['core', 'bindings/vue', 'bindings/solid', 'bindings/svelte'] as const

/**
 * Runs a tool of the workspace, or of npm.
 *
 * @returns What it printed.
 * @throws With what it printed, when it fails.
 */
export function runTool(tool: string, args: readonly string[], cwd: string): string {
  const bins = [`${root}/node_modules/.bin`, `${root}/tests/node_modules/.bin`]
  const { status, error, stdout, stderr } = spawnSync(tool, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1', PATH: [...bins, process.env['PATH']].join(':') },
  })
  if (error) throw error
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')} failed:\n${stdout}\n${stderr}`)
  return stdout
}
