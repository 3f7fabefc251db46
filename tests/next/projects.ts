/** The conformance bodies on what the frameworks will be: in `npm run test:full` only. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import vue from '@vitejs/plugin-vue'
import * as compiler36 from 'vue36/compiler-sfc'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

interface Project {
  readonly plugins: readonly unknown[]
  readonly resolve: { readonly alias: readonly { find: RegExp; replacement: string }[] }
  readonly test: {
    readonly setupFiles: readonly string[]
    readonly server: { readonly deps: { readonly inline: readonly RegExp[] } }
  }
}

/** What a project needs beside what the bindings' own project has. */
interface Next {
  readonly plugins?: readonly unknown[]
  readonly alias?: Record<string, string>
  readonly inline?: readonly RegExp[]
}

/** The project of today's bindings, on other versions. A test that `expected-failures.ts` names is to fail. */
function onNext<P extends Project>(project: P, { plugins, alias = {}, inline = [] }: Next) {
  const aliases = Object.entries(alias).map(([name, replacement]) => ({
    find: new RegExp(`^${name}$`),
    replacement: path(replacement),
  }))
  const { resolve, test } = project
  return {
    ...project,
    plugins: plugins ?? project.plugins,
    resolve: { ...resolve, alias: [...resolve.alias, ...aliases] },
    test: {
      ...test,
      setupFiles: [...test.setupFiles, path('./expect-failures.ts')],
      server: { deps: { inline: [...test.server.deps.inline, ...inline] } },
    },
  }
}

/** Its other entries leave Vapor out, or bring a second copy of the runtime. */
const runtime36 = '../node_modules/vue36/dist/vue.runtime-with-vapor.esm-browser.js'
const vue36 = { vue: runtime36, vue36: runtime36 }

/** The binding does not load on Solid 2: it is run with what has another name or form there put in place. */
const solid2 = {
  'solid-js': './solid/solid-js.mjs',
  'solid-js/web': './solid/node_modules/@solidjs/web/dist/web.dev.js',
  'solid-js/store': './solid/solid-js.mjs',
}

export function nextMajors<P extends Project>(
  project: (name: string, include: readonly string[]) => P,
) {
  return [
    onNext(project('bindings-vue-3.6', ['bindings/*vue.test.ts', 'next/vapor/*.test.ts']), {
      plugins: [vue({ compiler: compiler36 as never })],
      alias: vue36,
      inline: [/pinia/],
    }),
    onNext(
      project('bindings-svelte-async', ['bindings/*svelte.test.ts', 'next/svelte/*.test.ts']),
      {
        plugins: [
          svelte({ configFile: false, compilerOptions: { experimental: { async: true } } }),
        ],
      },
    ),
    // Solid 2 has neither `createResource` nor `Suspense` nor `ErrorBoundary`, of which `suspense-solid.test.ts` tells.
    onNext(project('bindings-solid-2', ['bindings/!(suspense-*)solid.test.ts']), {
      alias: solid2,
      inline: [/@solidjs/],
    }),
  ]
}
