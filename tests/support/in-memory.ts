import { type WebSQLOpenOptions, WASQLiteVFS } from '@powersync/web'

/** What opens SQLite in memory and in this process, on the SDK's WASM engine. */
export function inMemory(
  dbFilename = `${crypto.randomUUID()}.db`,
): WebSQLOpenOptions & { ssrMode: false } {
  return {
    dbFilename,
    vfs: WASQLiteVFS.InMemoryVfs,
    useWebWorker: false,
    enableMultiTabs: false,
    ssrMode: false,
  }
}
