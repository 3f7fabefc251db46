/** A page of the tests, built as an app is and served over HTTP. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { build, type PluginOption } from 'vite'
import { afterAll, beforeAll } from 'vitest'
import { aliasFor } from './alias.ts'

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
}

/** Builds the `index.html` of a folder before the tests of a file, and serves it until they are done. */
export function sharePage(root: string, plugins: PluginOption[] = []): { readonly url: string } {
  let url: string
  const ends: (() => unknown)[] = []

  beforeAll(async () => {
    const outDir = await mkdtemp(join(tmpdir(), 'rowsignal-'))
    ends.push(() => rm(outDir, { recursive: true, force: true }))
    await build({
      configFile: false,
      root,
      logLevel: 'error',
      plugins,
      resolve: { alias: aliasFor('0.15') },
      worker: { format: 'es' },
      build: { outDir, target: 'es2022' },
    })
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://page').pathname
      const file = path === '/' ? '/index.html' : path
      response.setHeader('content-type', types[extname(file)] ?? 'text/plain')
      readFile(join(outDir, file)).then(
        (content) => response.end(content),
        () => response.writeHead(404).end('not found'),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ends.push(() => {
      server.closeAllConnections()
      server.close()
    })
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(async () => {
    for (const end of ends) await end()
  })
  return {
    get url() {
      return url
    },
  }
}
