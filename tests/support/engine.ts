/**
 * Lets the WASM build of SQLite, with the PowerSync core in it, load from file: URLs, so that the engine of the
 * browser runs in process on Node. Everything else goes to the real fetch.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const realFetch = globalThis.fetch

globalThis.fetch = async (input, init) => {
  const url = input instanceof Request ? input.url : String(input)
  if (!url.startsWith('file:')) return realFetch(input, init)
  return new Response(await readFile(fileURLToPath(url)), {
    headers: { 'content-type': 'application/wasm' },
  })
}
