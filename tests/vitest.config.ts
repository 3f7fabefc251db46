import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`../${path}/src/index.ts`, import.meta.url))

const alias = [
  { find: /^@rowsignal\/core$/, replacement: source('core') },
  { find: /^@rowsignal\/vue$/, replacement: source('bindings/vue') },
  { find: /^@rowsignal\/solid$/, replacement: source('bindings/solid') },
  { find: /^@rowsignal\/svelte$/, replacement: source('bindings/svelte') },
]

// The other end of the supported range of @tanstack/db, as an alias of every import of it.
const tanstackDb09 = {
  find: /^@tanstack\/db$/,
  replacement: fileURLToPath(
    new URL('node_modules/tanstack-db-0-9/dist/esm/index.js', import.meta.url),
  ),
}

// svelte-db has only a "svelte" export, and Solid's client build hides behind "browser".
const client = { alias, conditions: ['svelte', 'browser', 'import', 'module', 'default'] }
// Without it the adapters and the tests would each load their own copy of @tanstack/db.
const server = { deps: { inline: [/@tanstack\//, /svelte/, /solid-js/, /rowsignal/] } }
// The SDK's engine is loaded by a dynamic import and a `new URL`, which Vite's transform must not touch.
const node = {
  environment: 'node',
  testTimeout: 30_000,
  setupFiles: './support/engine.ts',
} as const

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { alias },
        test: { ...node, name: 'core', include: ['core/*.test.ts'], env: { TANSTACK_DB: '0.15' } },
      },
      {
        resolve: { alias: [...alias, tanstackDb09] },
        test: {
          ...node,
          name: 'core-db-0.9',
          include: ['core/*.test.ts'],
          env: { TANSTACK_DB: '0.9' },
        },
      },
      { resolve: { alias }, test: { ...node, name: 'backend', include: ['backend/*.test.ts'] } },
      {
        plugins: [svelte({ configFile: false })],
        resolve: client,
        test: {
          ...node,
          name: 'bindings',
          environment: 'happy-dom',
          include: ['bindings/*.test.ts'],
          server,
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            include: ['types/*.test-d.ts'],
            tsconfig: './types/tsconfig.json',
          },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'browser',
          include: ['browser/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
