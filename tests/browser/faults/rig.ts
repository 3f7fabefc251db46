/**
 * Tabs that die: real pages over one file, in a Chromium that does to them what browsers do. CDP kills a tab (`crash`) and stops its clock
 * (`freeze`).
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, CDPSession, Page } from 'puppeteer-core'
import { build } from 'vite'
import { expect, onTestFinished } from 'vitest'
import { aliasFor } from '../../support/alias.ts'
import { type CachingBrowser, openCachingBrowser } from '../../support/caching-browser.ts'
import { eventually, patienceMs } from '../../support/eventually.ts'
import { SyncEndpoint } from '../../support/sync-endpoint.ts'
import type { App } from './page/app.ts'

/** What a file can be kept in, by the SDK's name. */
export const storages = ['IDBBatchAtomicVFS', 'OPFSCoopSyncVFS', 'OPFSWriteAheadVFS'] as const
export type Storage = (typeof storages)[number]

/** What records for the collection of one tab: a table, and its triggers for insert, update and delete. */
export const recordersOfTab = 4

const root = fileURLToPath(new URL('page', import.meta.url))

/** The page, built once for all tests of a process. */
let built: Promise<string> | undefined

async function buildPage(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), 'rowsignal-faults-'))
  process.on('exit', () => void rm(outDir, { recursive: true, force: true }))
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: aliasFor('0.15') },
    worker: { format: 'es' },
    build: { outDir, target: 'es2022', minify: false, emptyOutDir: true },
  })
  return outDir
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** The page and the sync service behind one origin. */
async function serve(folder: string, service: string): Promise<string> {
  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(asked.url!, 'http://tabs')
    const file = pathname === '/' ? '/index.html' : pathname
    if (file === '/elsewhere') return void response.end('<!doctype html><title>Elsewhere</title>')
    if (file === '/favicon.ico') return void response.writeHead(204).end()
    if (file === '/index.html' || file.startsWith('/assets/')) {
      response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
      return void response.end(await readFile(join(folder, file)))
    }
    const passed = request(`${service}${asked.url}`, {
      method: asked.method,
      headers: asked.headers,
    })
    passed.on('response', (answered) => {
      response.writeHead(answered.statusCode!, answered.headers)
      answered.pipe(response)
    })
    passed.on('error', () => response.destroy())
    response.on('close', () => passed.destroy())
    asked.pipe(passed)
  }
  const server = createServer((asked, response) => {
    answer(asked, response).catch(() => response.writeHead(404).end())
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Prints how long something took; nobody asserts it. */
export function tellTime(what: string, begun: number): void {
  process.stdout.write(`${what} after ${Math.round(performance.now() - begun)} ms\n`)
}

export interface TabOptions {
  /** Who opens the database: the SDK as it is, or `openPowerSync`, which is the default. */
  readonly by?: 'sdk'
  /** The name of the file. */
  readonly file?: string
  /** Without several tabs, as the SDK opens it in Safari: the worker is the tab's own. */
  readonly alone?: 'yes'
}

/** The tabs of one person: one browser, one origin. */
export class Tabs {
  readonly endpoint: SyncEndpoint
  /** Ends the browser, for a test that opens one after the other. */
  readonly close: () => Promise<void>
  readonly #browser: Browser
  readonly #url: string
  readonly storage: Storage
  #opened = 0

  private constructor(
    parts: CachingBrowser & { endpoint: SyncEndpoint; url: string },
    storage: Storage,
  ) {
    this.endpoint = parts.endpoint
    this.close = parts.close
    this.#browser = parts.browser
    this.#url = parts.url
    this.storage = storage
  }

  /**
   * Everything is closed and removed when the test ends, unless `close` has done so.
   *
   * @param quotaBytes How much the origin may store. Default: what the browser gives it.
   */
  static async of(storage: Storage, quotaBytes?: number): Promise<Tabs> {
    const endpoint = new SyncEndpoint()
    await endpoint.start()
    onTestFinished(() => endpoint.stop())
    const url = await serve(await (built ??= buildPage()), endpoint.url)
    return new Tabs({ endpoint, url, ...(await openCachingBrowser(quotaBytes)) }, storage)
  }

  /** Opens a tab and waits until it shows what is stored. */
  async open(options: TabOptions = {}): Promise<Tab> {
    const tab = await this.begin(options)
    try {
      await tab.call('ready')
    } catch (error) {
      // On OPFSWriteAheadVFS the SDK's own database may not start in a file that another tab has just made.
      if (options.by !== 'sdk' || !String(error).includes('no such table: ps_')) throw error
      await tab.load()
    }
    return tab
  }

  /** Opens a tab, and waits for nothing of its database. */
  async begin(options: TabOptions = {}): Promise<Tab> {
    const query = new URLSearchParams({ vfs: this.storage, tab: `${++this.#opened}`, ...options })
    const page = await this.#browser.newPage()
    const tab = new Tab(page, `${this.#url}/?${query}`, await page.createCDPSession())
    await tab.begin()
    return tab
  }

  /** Opens several, one after the other: the first is where the browser puts a worker that tabs share. */
  async openAll(count: number, options: TabOptions = {}): Promise<Tab[]> {
    const tabs: Tab[] = []
    while (tabs.length < count) tabs.push(await this.open(options))
    return tabs
  }
}

/** The methods of the app in a tab, from here. */
type Call = <Name extends keyof App>(
  name: Name,
  ...args: App[Name] extends (...args: infer Args) => unknown ? Args : never
) => Promise<App[Name] extends (...args: never[]) => infer Result ? Awaited<Result> : never>

export class Tab {
  readonly page: Page
  /** What the page has told the console as an error or a warning. */
  readonly said: string[] = []
  readonly #url: string
  readonly #devtools: CDPSession

  constructor(page: Page, url: string, devtools: CDPSession) {
    this.page = page
    this.#url = url
    this.#devtools = devtools
    page.on('error', () => undefined) // it tells of the crash
    page.on('pageerror', (error) => this.said.push(String(error)))
    page.on('console', (message) => {
      if (['error', 'warn'].includes(message.type())) this.said.push(message.text())
    })
  }

  /** Calls a method of the page's app. */
  call: Call = (name, ...args) =>
    this.page
      .evaluate(
        (name: string, args: unknown[]) =>
          (globalThis as unknown as { app: Record<string, (...args: unknown[]) => never> }).app[
            name
          ]!(...args),
        name,
        args,
      )
      .catch((error: Error) => {
        throw new Error(`${name}: ${error.message}`, { cause: error })
      })

  async begin(): Promise<void> {
    await this.page.goto(this.#url)
    await this.page.waitForFunction(() => 'app' in globalThis, { timeout: patienceMs })
  }

  async load(): Promise<void> {
    await this.begin()
    await this.call('ready')
  }

  /** The process of the tab is gone at once. */
  async crash(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.page.once('error', () => resolve()))
    void this.#devtools.send('Page.crash').catch(() => undefined) // nobody is there to answer
    await gone
  }

  /** The tab is closed by its user. */
  async close(): Promise<void> {
    await this.page.close()
  }

  /**
   * Stops it, as a browser does with a tab that is hidden for long, and sees that it stands still: it was told so, and while its
   * clock goes on, its timer, which comes every 10 ms, does not.
   */
  async freeze(): Promise<void> {
    await this.#devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    await eventually(async () => expect(await this.call('stoodStillMs')).toBeGreaterThan(200))
  }

  /** Makes it so many times slower, as on a machine that is busy or old. */
  async slowDown(rate: number): Promise<void> {
    await this.#devtools.send('Emulation.setCPUThrottlingRate', { rate })
  }

  /** So many bytes are all that OPFS may have from now on; undefined: as many as it likes. */
  async limitStorage(quotaSize: number | undefined): Promise<void> {
    const { origin } = new URL(this.#url)
    await this.#devtools.send('Storage.overrideQuotaForOrigin', {
      origin,
      ...(quotaSize !== undefined && { quotaSize }),
    })
  }

  /** The browser removes all that the origin has stored, under the tabs that have it open. */
  async removeStored(): Promise<void> {
    const { origin } = new URL(this.#url)
    await this.#devtools.send('Storage.clearDataForOrigin', {
      origin,
      storageTypes: 'indexeddb,file_systems',
    })
  }

  async thaw(): Promise<void> {
    await this.#devtools.send('Page.setWebLifecycleState', { state: 'active' })
  }

  /** Goes to another page, so that this one is kept in the back/forward cache. */
  async leave(): Promise<void> {
    await this.page.goto(new URL('/elsewhere', this.#url).href)
  }

  /**
   * Comes back.
   *
   * @returns Whether the page is the one that was left: the browser may have let go of it, and loads it anew then.
   */
  async back(): Promise<boolean> {
    await this.page.goBack()
    await this.page.waitForFunction(() => 'app' in globalThis, { timeout: patienceMs })
    await eventually(() => this.call('ready')) // a page that is loaded anew may find a full disk
    return this.call('isRestored')
  }
}
