import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { apps } from './apps.ts'
import { writeFiles } from './code-blocks.ts'
import { packPackages, pnpm } from './packed.ts'

// Outside of the workspace, so that nothing of it is found.
const folder = mkdtempSync(`${tmpdir()}/rowsignal-`)
let tarballs: Record<string, string>

beforeAll(() => {
  tarballs = packPackages(folder)
})

afterAll(() => rmSync(folder, { recursive: true }))

function versionsOf(names: readonly string[]): Record<string, string> {
  const versions: Record<string, string> = manifest.devDependencies
  return Object.fromEntries(names.map((name) => [name, versions[name] ?? 'missing']))
}

test.each(apps)(
  'an empty Vite app for $framework installs the packed packages and builds the quickstart',
  ({ framework, dependencies, files }) => {
    const app = `${folder}/${framework}`
    const core = '@rowsignal/core'
    writeFiles(app, {
      ...files,
      'package.json': JSON.stringify({
        type: 'module',
        dependencies: {
          [core]: tarballs[core],
          [`@rowsignal/${framework}`]: tarballs[`@rowsignal/${framework}`],
          ...versionsOf([
            '@powersync/common',
            '@powersync/web',
            '@tanstack/db',
            'typescript',
            'vite',
          ]),
          ...versionsOf(dependencies),
        },
      }),
      // As it is not published under this version yet, the binding's own dependency on core is the packed one too.
      'pnpm-workspace.yaml': JSON.stringify({
        autoInstallPeers: false,
        strictPeerDependencies: true,
        overrides: { [core]: tarballs[core] },
      }),
    })
    pnpm(['install', '--prefer-offline', '--ignore-scripts'], app)
    pnpm(['exec', 'vite', 'build', '--minify', 'false'], app)

    const copies = readdirSync(`${app}/node_modules/.pnpm`).filter((it) =>
      it.startsWith('@tanstack+db@'),
    )
    expect(copies).toHaveLength(1)
    const scripts = readdirSync(`${app}/dist/assets`).filter((it) => /^index-.*\.js$/.test(it))
    const bundle = scripts.map((it) => readFileSync(`${app}/dist/assets/${it}`, 'utf8')).join('\n')
    expect(bundle.includes('[rowsignal]')).toBe(true)
    expect(bundle.includes('$state.raw(0)')).toBe(false) // a rune of ours that nobody has compiled
  },
)
