/** Pages that a server has rendered, taken over by the browser: the first thing that both say is the same. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Seeds } from '@rowsignal/core'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build, createServer, type InlineConfig, type PluginOption } from 'vite'
import solid from 'vite-plugin-solid'
import { expect, onTestFinished, test } from 'vitest'
import { aliasFor } from '../support/alias.ts'
import { openBrowser } from '../support/browser.ts'
import { eventually } from '../support/eventually.ts'
import type { Todos } from './hydration/todos.ts'

const root = fileURLToPath(new URL('hydration', import.meta.url))

interface Shown {
  readonly render: (todos: Todos, seeds: readonly Seeds[]) => string | Promise<string>
  readonly head?: () => string
}

const config = {
  configFile: false,
  root,
  logLevel: 'error',
  // Development builds: they say what does not match.
  mode: 'development',
  resolve: { alias: aliasFor('0.15') },
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
  },
} satisfies InlineConfig

const plugins: Record<string, PluginOption[]> = {
  'vue-page.ts': [],
  'solid-page.tsx': [solid({ ssr: true })],
  'svelte-page.ts': [svelte({ configFile: false })],
  // What waits for its rows, which a server does not.
  'solid-suspense-page.tsx': [solid({ ssr: true })],
  'svelte-async-page.ts': [
    svelte({ configFile: false, compilerOptions: { experimental: { async: true } } }),
  ],
}

interface Carrying {
  readonly openTodos: (ids: string[]) => { todos: Todos }
  readonly carry: (ids: readonly string[]) => string
  readonly seedsOf: (todos: Todos, carried: string) => readonly Seeds[]
}

/** What the server renders of a collection that nobody has started, with these rows of its own. */
async function renderOnServer(
  module: string,
  seeded: readonly string[],
): Promise<{ head: string; body: string }> {
  const server = await createServer({
    ...config,
    plugins: plugins[module] ?? [],
    cacheDir: join(root, '../../node_modules/.vite-hydration'),
    appType: 'custom',
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
  })
  try {
    const { render, head } = (await server.ssrLoadModule(`/${module}`)) as Shown
    const { openTodos, carry, seedsOf } = (await server.ssrLoadModule('/todos.ts')) as Carrying
    const { todos } = openTodos(['a', 'b'])
    const carried = carry(seeded)
    const body = await render(todos, seedsOf(todos, carried))
    expect([todos.status, todos.subscriberCount]).toEqual(['idle', 0])
    const data = `<script type="application/json" id="seeds">${carried}</script>`
    return { head: `${head?.() ?? ''}${data}`, body }
  } finally {
    await server.close()
  }
}

/** The script that takes the page over; `finish` on the window brings the rows. */
async function buildPage(module: string): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'rowsignal-'))
  onTestFinished(() => rm(outDir, { recursive: true, force: true }))
  const entry = 'virtual:entry'
  const code = `
    import { hydrate } from '/${module}'
    import { openSlowTodos, seedsOf } from '/todos.ts'
    const { todos, finish } = openSlowTodos(['a', 'b'])
    const target = document.querySelector('#app')
    const rendered = [...target.querySelectorAll('*')]
    const seeds = seedsOf(todos, document.querySelector('#seeds').textContent)
    hydrate({ todos, seeds, target })
    Object.assign(window, { finish, isKept: () => rendered.every((it) => it.isConnected) })
  `
  await build({
    ...config,
    plugins: [
      plugins[module],
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? entry : undefined),
        load: (id) => (id === entry ? code : undefined),
      },
    ],
    build: {
      outDir,
      minify: false,
      rollupOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  })
  return readFile(join(outDir, 'page.js'), 'utf8')
}

async function serve(html: string, script: string): Promise<string> {
  const server = createHttpServer(({ url }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : html)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A page that a server has rendered with these rows, taken over by the browser. */
async function openPage(module: string, seeded: readonly string[]) {
  const { head, body } = await renderOnServer(module, seeded)
  const script = await buildPage(module)
  const html = `<!doctype html><title>Todos</title>${head}<link rel="icon" href="data:,"><div id="app">${body}</div><script type="module" src="/page.js"></script>`
  const page = await (await openBrowser()).newPage()
  const said: string[] = []
  page.on('console', (message) => said.push(message.text()))
  page.on('pageerror', (error) => said.push(String(error)))
  await page.goto(await serve(html, script))
  await page.waitForFunction(() => 'finish' in globalThis)
  return {
    body,
    said,
    shown: () => page.locator('#app ul > *').allTextContents(),
    isKept: () => page.evaluate('isKept()'),
    finish: () => page.evaluate('finish()'),
  }
}

test.each(Object.keys(plugins))(
  'a page that a server has rendered is taken over as it is, without a warning: %s',
  async (module) => {
    const { said, shown, isKept, finish } = await openPage(module, [])
    expect(await shown()).toEqual(['loading', 'loading', '0', 'Loading'])
    expect(await isKept()).toBe(true)

    await finish()
    await eventually(async () =>
      expect(await shown()).toEqual(['ready', 'ready', '2', 'title a', 'title a', 'title b']),
    )
    expect(said).toEqual([])
  },
)

test.each(Object.keys(plugins))(
  'rows that a server has rendered stay, in their nodes, until those of the browser replace them: %s',
  async (module) => {
    const { body, said, shown, isKept, finish } = await openPage(module, ['a', 'b'])
    expect(body).toContain('title b')
    const seeded = ['loading', 'loading', '0', 'title a', 'title a', 'title b']
    expect([await shown(), await isKept()]).toEqual([seeded, true])

    await finish()
    await eventually(async () =>
      expect(await shown()).toEqual(['ready', 'ready', '2', 'title a', 'title a', 'title b']),
    )
    expect(await isKept()).toBe(true)
    expect(said).toEqual([])
  },
)
