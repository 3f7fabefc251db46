/** `openTestDatabase`: a database in memory, for the tests of an app. */
import { createConsoleLogger, LogLevels, type Schema } from '@powersync/common'
import { type PowerSyncDatabase, WASQLiteVFS, WebPowerSyncDatabase } from '@powersync/web'

/**
 * Opens a real database in memory, in Node or in a browser: SQLite with PowerSync's extension, without a worker and without a
 * file. Nothing is kept, and no two share anything. Close it when the test ends.
 *
 * @returns The database when it is ready. Collections are made of it as of any other.
 * @throws What the SDK throws when it cannot load its engine.
 * @example
 * const database = await openTestDatabase(schema)
 * onTestFinished(() => database.close())
 */
export async function openTestDatabase(schema: Schema): Promise<PowerSyncDatabase> {
  const opened = opening.then(() => withFiles(() => open(schema)))
  opening = opened.catch(() => undefined)
  return opened
}

/** One after the other, since each puts `fetch` back as it was. */
let opening: Promise<unknown> = Promise.resolve()

async function open(schema: Schema): Promise<PowerSyncDatabase> {
  const database = new DatabaseInMemory({
    schema,
    logger: createConsoleLogger({ minLevel: LogLevels.warn }),
    database: {
      dbFilename: `${crypto.randomUUID()}.db`,
      vfs: WASQLiteVFS.InMemoryVfs,
      useWebWorker: false,
      enableMultiTabs: false,
      ssrMode: false,
      disableSSRWarning: true,
    },
  })
  await database.init()
  return database
}

const claims = new Set<string>()

/** The SDK claims a trigger by a lock of the browser, for its tab; here is one page, and Node 20 has no such locks. */
class DatabaseInMemory extends WebPowerSyncDatabase {
  protected override generateTriggerManagerConfig(): ReturnType<
    WebPowerSyncDatabase['generateTriggerManagerConfig']
  > {
    return {
      ...super.generateTriggerManagerConfig(),
      claimManager: {
        obtainClaim: async (claim) => {
          claims.add(claim)
          return async () => void claims.delete(claim)
        },
        checkClaim: async (claim) => claims.has(claim),
      },
    }
  }
}

/** Node's `fetch` reads no files, and the SDK fetches its engine from one. */
async function withFiles<T>(run: () => Promise<T>): Promise<T> {
  const { fetch, process } = globalThis
  const fs = process?.getBuiltinModule?.('node:fs/promises')
  if (fs === undefined) return run() // a browser
  globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input)
    if (!url.startsWith('file:')) return fetch(input, init)
    return new Response(new Uint8Array(await fs.readFile(new URL(url))), {
      headers: { 'content-type': 'application/wasm' },
    })
  }
  try {
    return await run()
  } finally {
    globalThis.fetch = fetch
  }
}
