// @vitest-environment node
/** The server builds of Solid and Svelte, as Vite loads them for a server; Vue has one build, see vue.test.ts. */
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createServer } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { aliasFor, type TanstackDbVersion } from '../support/alias.ts'
import { openTodos, todo } from '../support/synced-collection.ts'
import type { Todos } from './contract.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** The `render` of a module under `server/`. */
async function loadRender(module: string): Promise<(todos: Todos) => string> {
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
  const { render } = await server.ssrLoadModule(`/server/${module}`)
  return render as (todos: Todos) => string
}

test.each(['solid.ts', 'svelte.ts'])(
  'a server renders the rows and subscribes to nothing: %s',
  async (module) => {
    const render = await loadRender(module)
    const { todos, put } = openTodos(['a'])
    todos.startSyncImmediate()
    expect(render(todos)).toBe('ready title a title a title a 1')
    put(todo('a', { title: 'b' }))
    expect(render(todos)).toBe('ready b b b 1')
    expect(todos.subscriberCount).toBe(0)
  },
)
