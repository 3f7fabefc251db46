import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { runs } from '../scripts/runs.mjs'
import { nextMajors } from './next/projects.ts'
import { aliasFor, type TanstackDbVersion } from './support/alias.ts'
import { chromiumArguments, chromiumPath } from './support/chromium.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const alias = aliasFor('0.15')

// Only what hangs reaches them: a machine that is busy with other things must not make a test fail.
const limits = { testTimeout: 300_000, hookTimeout: 300_000 } as const

// The SDK's engine is loaded by a dynamic import and a `new URL`, which Vite's transform must not touch.
const node = {
  environment: 'node',
  ...limits,
  setupFiles: './support/engine.ts',
} as const

/** The tests of a folder in Node, on one version of @tanstack/db. */
const inNode = (folder: string, version: TanstackDbVersion, options: object = {}) => ({
  resolve: { alias: aliasFor(version) },
  test: {
    ...node,
    name: version === '0.15' ? folder : `${folder}-db-${version}`,
    include: [`${folder}/**/*.test.ts`],
    env: { TANSTACK_DB: version },
    ...options,
  },
})

/** Files that leave nothing behind share a process, and import the libraries once in it. */
const shared = { isolate: false } as const

/** They count what the process has open, in which other files may have left a timer of the SDK's that runs out later. */
const counting = ['core/libraries/without-rows.test.ts']

/** The core's files on one version: those that count in a project of their own. */
const core = (version: TanstackDbVersion) => {
  const name = version === '0.15' ? 'core' : `core-db-${version}`
  return [
    inNode('core', version, { ...shared, exclude: counting }),
    inNode('core', version, { name: `${name}-alone`, include: counting }),
  ]
}

// These search for minutes, or measure the heap and listen to the process, each file alone in one.
const long = { testTimeout: 1_200_000, hookTimeout: 300_000 }
const collectable = { ...long, execArgv: ['--expose-gc'] }

const bindings = (name: string, version: TanstackDbVersion, options: object = {}) => ({
  plugins: [svelte({ configFile: false })],
  resolve: {
    alias: aliasFor(version),
    // svelte-db has only a "svelte" export, and Solid's client build hides behind "browser".
    conditions: ['svelte', 'browser', 'import', 'module', 'default'],
  },
  test: {
    ...node,
    name,
    environment: 'happy-dom',
    setupFiles: ['./support/engine.ts', './support/happy-dom.ts'],
    include: ['bindings/*.test.ts'],
    exclude: ['bindings/virtual-*.test.ts'], // they look where a row is on the screen
    // Without it the adapters and the tests would each load their own copy of @tanstack/db.
    server: { deps: { inline: [/@tanstack\//, /svelte/, /solid-js/, /rowsignal/] } },
    env: { TANSTACK_DB: version },
    ...options,
  },
})

const bindingsLeak = { ...collectable, include: ['bindings/leak/*.test.ts'] }

/** The conformance bodies once more, in a real browser. */
const bindingsInChromium = (name: string, version: TanstackDbVersion) => ({
  plugins: [svelte({ configFile: false })],
  resolve: {
    alias: [
      ...aliasFor(version),
      { find: /^\.\.\/support\/database\.ts$/, replacement: path('support/database.browser.ts') },
    ],
  },
  // `force`: what is not in Vite's cache of an earlier run it would find while the tests run, and reload them with a second
  // copy of Vue.
  optimizeDeps: { force: true, exclude: ['@powersync/web', '@tanstack/db'] },
  worker: { format: 'es' as const },
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    // All places in the full run.
    VIRTUAL_ROWS: process.env['ROWSIGNAL_FULL'] === undefined ? 20_000 : 135_233,
  },
  test: {
    name,
    include: ['bindings/*.test.ts'],
    exclude: ['bindings/server.test.ts', 'bindings/official-*.test.ts'], // the latter need a database of Node's
    ...limits,
    env: { TANSTACK_DB: version },
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: { executablePath: chromiumPath(), args: chromiumArguments },
      }),
      instances: [{ browser: 'chromium' as const }],
    },
  },
})

const backend = (name: string, files: string) => ({
  resolve: { alias },
  test: {
    ...node,
    ...shared,
    name,
    include: [files],
    globalSetup: './support/build-backend.ts',
  },
})

const types = (name: string, tsconfig: string) => ({
  resolve: { alias },
  test: {
    name,
    include: [],
    typecheck: { enabled: true, only: true, include: ['types/*.test-d.ts'], tsconfig },
  },
})

/** The planners in a browser. */
const planners = (name: string, files: string) => ({
  resolve: { alias },
  test: { name, include: [files], ...limits, fileParallelism: false },
})

/** They ask the registry, install three apps and show them in a browser. */
const quickstart = ['package/quickstart.test.ts', 'package/starters.test.ts']

const projects = [
  ...core('0.15'),
  ...core('0.9'),
  inNode('property', '0.15', long),
  inNode('property', '0.9', long),
  inNode('fault', '0.15', long),
  inNode('fault', '0.9', long),
  inNode('leak', '0.15', collectable),
  inNode('leak', '0.9', collectable),
  bindings('bindings', '0.15', shared),
  bindings('bindings-db-0.9', '0.9', shared),
  bindings('bindings-leak', '0.15', bindingsLeak),
  bindings('bindings-leak-db-0.9', '0.9', bindingsLeak),
  ...nextMajors((name, include) => bindings(name, '0.15', { ...shared, include })),
  backend('backend', 'backend/*.test.ts'),
  // With all places, many clients and long logs.
  backend('backend-at-size', 'backend/at-size/*.test.ts'),
  types('types', './types/tsconfig.json'),
  types('types-db-0.9', './types/tsconfig.db-0.9.json'),
  // What is built and packed, so without aliases.
  { test: { name: 'package', include: ['package/*.test.ts'], exclude: quickstart, ...long } },
  { test: { name: 'quickstart', include: quickstart, ...long } },
  // Asks the registry, builds three apps on another Node and shows them in a browser.
  { test: { name: 'ssr-apps', include: ['ssr-apps/*.test.ts'], ...long } },
  bindingsInChromium('browser-bindings', '0.15'),
  bindingsInChromium('browser-bindings-db-0.9', '0.9'),
  planners('browser', 'browser/*.test.ts'),
  // With all places.
  planners('browser-at-size', 'browser/at-size/*.test.ts'),
  // Tabs that die, freeze and go into the cache.
  planners('browser-faults', 'browser/faults/*.test.ts'),
  planners('browser-faults-long', 'browser/faults/long/*.test.ts'),
  // What Firefox does otherwise.
  planners('firefox', 'browser/firefox/*.test.ts'),
]

const named = projects.map(({ test }) => test.name)
const run = runs.flatMap(({ projects, full }) => [...projects, ...full])
if (named.toSorted().join() !== run.toSorted().join())
  throw new Error(`scripts/runs.mjs runs ${run.join(', ')}; the projects are ${named.join(', ')}.`)

export default defineConfig({
  // A worker for each core: they wait for databases and processes as often as they work.
  test: { projects, maxWorkers: availableParallelism() },
})
