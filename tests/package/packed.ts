/** The packages as they would be published. */
import { pnpmVersion } from '../../scripts/setup.mjs'
import { packages, root, runTool } from './run.ts'

export const pnpm = (args: readonly string[], cwd: string): string =>
  runTool('npx', ['--yes', `pnpm@${pnpmVersion}`, ...args], cwd)

/** Packs all into the folder and returns where each is, as an installer takes it, by its name. */
export function packPackages(folder: string): Record<string, string> {
  const tarballs: Record<string, string> = {}
  for (const path of packages) {
    const packed = pnpm(['pack', '--json', '--pack-destination', folder], `${root}/${path}`)
    const { name, filename } = JSON.parse(packed) as { name: string; filename: string }
    tarballs[name] = `file:${filename}`
  }
  return tarballs
}
