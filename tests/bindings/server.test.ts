// @vitest-environment node
/** The server builds of Solid and Svelte, as Vite loads them for a server; Vue has one build, see vue.test.ts. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createServer } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { aliasFor, type TanstackDbVersion } from '../support/alias.ts'
import type { openTodos, todo } from '../support/synced-collection.ts'
import type { Todos } from './contract.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** What runs on the server: a query takes only collections of its own copy of @tanstack/db. */
interface ServerModules {
  readonly render: (todos: Todos) => string
  readonly openTodos: typeof openTodos
  readonly todo: typeof todo
}

/** The `render` of a module under `server/`, and the fixtures. */
async function loadServer(module: string): Promise<ServerModules> {
  const server = await createServer({
    configFile: false,
    root: path('.'),
    cacheDir: path('../node_modules/.vite-server'),
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
    plugins: [svelte({ configFile: false })],
    resolve: { alias: aliasFor(process.env['TANSTACK_DB'] as TanstackDbVersion) },
  })
  onTestFinished(() => server.close())
  const fixtures = await server.ssrLoadModule(path('../support/synced-collection.ts'))
  const { render } = await server.ssrLoadModule(`/server/${module}`)
  return { ...fixtures, render } as unknown as ServerModules
}

test.each(['solid.ts', 'svelte.ts'])(
  'a server renders the rows, starts no query and subscribes to nothing: %s',
  async (module) => {
    const { render, openTodos, todo } = await loadServer(module)
    const { todos, put } = openTodos(['a'])
    todos.startSyncImmediate()
    expect(render(todos)).toBe('ready title a title a title a 1 loading 0 idle')
    put(todo('a', { title: 'b' }))
    expect(render(todos)).toBe('ready b b b 1 loading 0 idle')
    expect(todos.subscriberCount).toBe(0)
  },
)
