/** The packages as Vite finds them in tests: their sources, on either end of the supported range of @tanstack/db. */
import { fileURLToPath } from 'node:url'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const sources = [
  { find: /^@rowsignal\/core$/, replacement: path('../../core/src/index.ts') },
  { find: /^@rowsignal\/core\/host$/, replacement: path('../../core/src/host.ts') },
  {
    find: /^@rowsignal\/core\/observable$/,
    replacement: path('../../core/src/observable.ts'),
  },
  { find: /^@rowsignal\/core\/testing$/, replacement: path('../../core/src/testing.ts') },
  { find: /^@rowsignal\/core\/web$/, replacement: path('../../core/src/web.ts') },
  { find: /^@rowsignal\/vue$/, replacement: path('../../bindings/vue/src/index.ts') },
  { find: /^@rowsignal\/solid$/, replacement: path('../../bindings/solid/src/index.ts') },
  { find: /^@rowsignal\/svelte$/, replacement: path('../../bindings/svelte/src/index.ts') },
]

const tanstackDb09 = {
  find: /^@tanstack\/db$/,
  replacement: path('../node_modules/tanstack-db-0-9/dist/esm/index.js'),
}

/** The versions that the same tests run on. */
export type TanstackDbVersion = '0.9' | '0.15'

/** The aliases for a run; 0.15 is what is installed under its own name. */
export function aliasFor(version: TanstackDbVersion) {
  return version === '0.9' ? [...sources, tanstackDb09] : sources
}
