/** The Nuxt module. Nothing of Nuxt is imported: a module is a function of it. */

/** Where the app has what the module is to use, as Nuxt resolves it, such as `~/db`. */
export interface RowsignalNuxtOptions {
  /** A module that exports `database`, for `usePowerSync` and all that need it. */
  readonly database?: string
  /** A module that exports `connector`: the browser connects `database` by it as the app starts. */
  readonly connector?: string
}

/** What the module uses of Nuxt 4. */
export interface Nuxt {
  readonly options: {
    readonly vite: {
      worker?: { format?: 'es' | 'iife' }
      optimizeDeps?: { exclude?: string[] }
    }
  }
  hook(name: 'imports:sources', add: (sources: ImportSource[]) => void): unknown
  hook(
    name: 'app:templates' | 'app:resolve',
    add: (app: { readonly templates: Template[]; readonly plugins: Plugin[] }) => void,
  ): unknown
}

interface ImportSource {
  readonly from: string
  readonly imports: readonly string[]
}

interface Template {
  readonly filename: string
  readonly write: boolean
  readonly getContents: () => string
}

interface Plugin {
  readonly src: string
}

const hooks = [
  'provideSeeds',
  'throwErrors',
  'usePowerSync',
  'useDraft',
  'useLiveInfiniteQuery',
  'useLiveQuery',
  'useLiveQueryEffect',
  'useOutbox',
  'usePages',
  'useReadable',
  'useRefused',
  'useRow',
  'useRows',
  'useRowState',
  'useRowStates',
  'useSyncStatus',
  'useSyncStream',
]

/**
 * The module for Nuxt 4: hooks of the binding need no import, the app is given its database, and Vite leaves PowerSync's
 * workers as they are.
 *
 * @example
 * export default defineNuxtConfig({ modules: [['@rowsignal/vue/nuxt', { database: '~/db', connector: '~/connector' }]] })
 */
export default function rowsignal(options: RowsignalNuxtOptions, nuxt: Nuxt): void {
  const { vite } = nuxt.options
  vite.worker = { ...vite.worker, format: 'es' }
  vite.optimizeDeps = {
    ...vite.optimizeDeps,
    exclude: [...(vite.optimizeDeps?.exclude ?? []), '@powersync/web'],
  }
  nuxt.hook('imports:sources', (sources) => {
    sources.push({ from: '@rowsignal/vue', imports: hooks })
    sources.push({ from: '@rowsignal/core', imports: ['seed'] })
  })
  const { database } = options
  if (database === undefined) return
  const filename = 'rowsignal.mjs'
  nuxt.hook('app:templates', ({ templates }) => {
    templates.push({ filename, write: true, getContents: () => plugin({ ...options, database }) })
  })
  nuxt.hook('app:resolve', ({ plugins }) => {
    plugins.unshift({ src: `#build/${filename}` })
  })
}

/** The plugin of the app, on the server and in the browser. */
function plugin({ database, connector }: RowsignalNuxtOptions & { database: string }): string {
  const lines = [
    `import { createRowsignal } from '@rowsignal/vue'`,
    `import { defineNuxtPlugin } from '#imports'`,
    `import { database } from ${JSON.stringify(database)}`,
    connector === undefined ? '' : `import { connector } from ${JSON.stringify(connector)}`,
    `export default defineNuxtPlugin(({ vueApp }) => {`,
    `  vueApp.use(createRowsignal({ database }))`,
    connector === undefined ? '' : `  if (import.meta.client) void database.connect(connector)`,
    `})`,
  ]
  return lines.join('\n')
}
