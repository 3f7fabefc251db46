// @vitest-environment node
/** The frameworks' own server renderers, on their server builds, as Vite loads them for a server. */
import { fileURLToPath } from 'node:url'
import type { CommonPowerSyncDatabase } from '@powersync/common'
import type { liveQuery, seed, Seeds } from '@rowsignal/core'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { createServer } from 'vite'
import { expect, onTestFinished, test } from 'vitest'
import { aliasFor, type TanstackDbVersion } from '../support/alias.ts'
import type { openTodos, todo } from '../support/synced-collection.ts'
import type { StoredTodos, Todos } from './contract.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

/** What runs on the server: a query takes only collections of its own copy of @tanstack/db. */
interface ServerModules<Rendered> {
  readonly render: (
    todos: Todos | StoredTodos,
    seeds?: readonly Seeds[],
  ) => Rendered | Promise<Rendered>
  readonly openTodos: typeof openTodos
  readonly todo: typeof todo
  readonly seed: typeof seed
  readonly liveQuery: typeof liveQuery
  /** Those of a database that holds no rows. */
  readonly stored: StoredTodos
}

/** Components of `next` are written for `experimental.async`. */
const asyncWhereNext = ({ filename }: { readonly filename: string }) =>
  filename.includes('/next/') ? { experimental: { async: true } } : undefined

/** The `render` of a module under `server/`, and the fixtures. */
async function loadServer<Rendered = string>(module: string): Promise<ServerModules<Rendered>> {
  const server = await createServer({
    configFile: false,
    root: path('.'),
    cacheDir: path('../node_modules/.vite-server'),
    logLevel: 'error',
    appType: 'custom',
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
    plugins: [svelte({ configFile: false, dynamicCompileOptions: asyncWhereNext })],
    resolve: { alias: aliasFor(process.env['TANSTACK_DB'] as TanstackDbVersion) },
  })
  onTestFinished(() => server.close())
  const fixtures = await server.ssrLoadModule(path('../support/synced-collection.ts'))
  const { render } = await server.ssrLoadModule(`/server/${module}`)
  const { seed, liveQuery } = await server.ssrLoadModule('@rowsignal/core')
  const { todos, database } = await server.ssrLoadModule('/server/todos.ts')
  onTestFinished(() => (database as CommonPowerSyncDatabase).close())
  return {
    ...fixtures,
    render,
    seed,
    liveQuery,
    stored: todos,
  } as unknown as ServerModules<Rendered>
}

const modules = ['vue.ts', 'solid.ts', 'svelte.ts']

test.each(modules)(
  'a server renders the rows, starts no query and subscribes to nothing: %s',
  async (module) => {
    const { render, openTodos, todo } = await loadServer(module)
    const { todos, put } = openTodos(['a'])
    todos.startSyncImmediate()
    expect(await render(todos)).toBe('ready title a title a title a 1 loading 0 idle')
    put(todo('a', { title: 'b' }))
    expect(await render(todos)).toBe('ready b b b 1 loading 0 idle')
    expect(todos.subscriberCount).toBe(0)
  },
)

test.each(modules)(
  'what a server has not started it renders as loading, as the page will first show it: %s',
  async (module) => {
    const { render, openTodos } = await loadServer(module)
    const { todos } = openTodos(['a'])
    for (const request of [1, 2]) {
      expect(onOneLine(await render(todos)), `request ${request}`).toBe(
        'loading - - 0 loading 0 idle',
      )
      expect([todos.status, todos.subscriberCount]).toEqual(['idle', 0])
    }
  },
)

test.each(modules)(
  'a collection of PowerSync is loading on a server, for each request: %s',
  async (module) => {
    const { render, stored } = await loadServer(module)
    for (const request of [1, 2]) {
      await stored.preload()
      stored.subscribe((rows) => expect(rows).toEqual([]))()
      expect(onOneLine(await render(stored)), `request ${request}`).toBe(
        'loading - - 0 loading 0 loading',
      )
      expect([stored.status, stored.subscriberCount]).toEqual(['loading', 0])
    }
  },
)

test.each(modules)(
  'a server renders what each request is given, and starts and keeps nothing: %s',
  async (module) => {
    const { render, stored, seed, liveQuery } = await loadServer(module)
    const query = liveQuery((q) => q.from({ todo: stored }))
    const give = (title: string): Seeds[] => {
      const rows = [{ id: 'a', title, done: 0 }]
      return [seed(stored, rows), seed(query, [...rows, { id: 'b', title, done: 1 }])]
    }
    const given = [give('mine'), give('yours'), []]
    const pages = await Promise.all(given.map(async (seeds) => render(stored, seeds)))
    expect(pages.map(onOneLine)).toEqual([
      'loading seed mine mine mine 0 loading 2 loading',
      'loading seed yours yours yours 0 loading 2 loading',
      'loading - - 0 loading 0 loading',
    ])
    expect([stored.status, stored.subscriberCount, stored.size]).toEqual(['loading', 0, 0])
    expect([query.status, query.subscriberCount, query.size]).toEqual(['loading', 0, 0])
  },
)

/** What each page shows where nothing is seeded, and where two rows are. */
const waiting: [module: string, loading: string[], seeded: string[]][] = [
  [
    'suspense-solid.ts', // by its three renderers
    Array<string>(3).fill('loading - - - - - -'),
    Array<string>(3).fill('loading seed a a,b a,b a - -'),
  ],
  [
    'suspense-svelte.ts', // as Svelte has it, `pending` is shown of what is awaited where there is one
    ['pending pending loading -', 'loading - - - - - pending'],
    ['pending pending loading seed a,b', 'loading seed a a,b a - - pending'],
  ],
]

test.each(waiting)(
  'a server waits for nothing, and renders the seed or that it is loading: %s',
  async (module, loading, seeded) => {
    const { render, stored, seed, liveQuery } = await loadServer<readonly string[]>(module)
    const query = liveQuery((q) => q.from({ todo: stored }))
    const [a, b] = ['a', 'b'].map((title) => ({ id: title, title, done: 0 }))
    const seeds = [seed(stored, [a!, b!]), seed(query, [a!])]
    expect((await render(stored)).map(onOneLine)).toEqual(loading)
    expect((await render(stored, seeds)).map(onOneLine)).toEqual(seeded)
    for (const { status, subscriberCount, size } of [stored, query]) {
      expect([status, subscriberCount, size]).toEqual(['loading', 0, 0])
    }
  },
)

function onOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}
