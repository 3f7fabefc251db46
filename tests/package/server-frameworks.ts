/**
 * The blocks about Nuxt, SvelteKit and SolidStart as files that compile. The frameworks themselves are not installed in
 * this workspace (`ssr-apps` builds whole apps with them), so what a block takes of one is declared here; everything of
 * rowsignal is the real thing.
 */
import { type CodeBlock, codeBlocks } from './code-blocks.ts'

type File = Pick<CodeBlock, 'file' | 'code'>

const declarations: Readonly<Record<string, string>> = {
  // What Nuxt, with our module, brings without an import.
  'nuxt.d.ts': `
import type { Ref } from 'vue'
import type { Todo } from './todo.ts'
declare global {
  const defineNuxtConfig: (config: { modules: [module: '@rowsignal/vue/nuxt', options: import('@rowsignal/vue/nuxt').RowsignalNuxtOptions][] }) => object
  const useFetch: (url: string) => Promise<{ data: Ref<Todo[] | undefined> }>
  const provideSeeds: typeof import('@rowsignal/vue').provideSeeds
  const useRows: typeof import('@rowsignal/vue').useRows
  const seed: typeof import('@rowsignal/core').seed
}
declare module 'vue' {
  interface GlobalComponents {
    TodoItem: typeof import('./TodoItem.vue').default
  }
}
`,
  'kit.d.ts': `
declare module '@sveltejs/kit/vite' {
  export function sveltekit(options: { adapter: object }): import('vite').PluginOption
}
declare module '@sveltejs/adapter-node' {
  export default function adapter(): object
}
`,
  'start.d.ts': `
declare module '@solidjs/router' {
  export function query<Result>(read: () => Promise<Result>, name: string): () => Promise<Result>
  export function createAsync<Result>(read: () => Promise<Result>): () => Result | undefined
}
`,
  'src/routes/$types.d.ts': `
import type { Todo } from '../../todo.ts'
export interface PageProps {
  data: { todos: Todo[] }
}
export type PageServerLoad = (event: { locals: { user: string } }) => Promise<PageProps['data']>
`,
  'todo.ts': `
import type { RowOf } from '@rowsignal/core'
import type { todos } from './db.ts'
export type Todo = RowOf<typeof todos>
`,
}

/** What is the app's own: how it reads its database on the server. */
const readTodos = `
export async function readTodos(user = '1'): Promise<{ id: string; title: string; done: number }[]> {
  return [{ id: user, title: 'Pack', done: 0 }]
}
`

/** The page's blocks, with what they refer to. */
export function serverFrameworks(blocks: readonly CodeBlock[]): File[] {
  const db = blocks.find(({ file }) => file === 'db.ts')
  const item = codeBlocks('README.md').find(({ file }) => file === 'TodoItem.vue')
  if (db === undefined || item === undefined) throw new Error('A block that is needed has gone.')
  return [
    // Not where svelte-check would run it, since what it imports is not installed.
    ...blocks.map((block) =>
      block.file === 'vite.config.ts' ? { ...block, file: `config/${block.file}` } : block,
    ),
    item,
    // The page says that it is here in each framework.
    ...['app/db.ts', 'src/lib/db.ts', 'src/db.ts'].map((file) => ({ file, code: db.code })),
    { file: 'src/lib/server/todos.ts', code: readTodos },
    { file: 'src/todos.ts', code: readTodos },
    ...Object.entries(declarations).map(([file, code]) => ({ file, code })),
  ]
}

/** What `~` is in Nuxt, and `#lib` in SvelteKit, with the app in `folder`. */
export function serverPaths(folder: string): Record<string, string[]> {
  return { '~/*': [`./${folder}/app/*`], '#lib/*': [`./${folder}/src/lib/*`] }
}
