/**
 * A page of todos that keeps its seeds, told by its address: `?framework=…&vfs=…`, `?user=…`, `?seeds=off`, `?hold` until
 * `release`, `?schema=…`, `?reopens` for a database of `openPowerSync`.
 */
import { column, createConsoleLogger, LogLevels, Schema, Table } from '@powersync/common'
import { PowerSyncDatabase, WASQLiteVFS } from '@powersync/web'
import { createPowerSyncCollection, liveQuery, openSeeds, signOut } from '@rowsignal/core'
import { openPowerSync } from '@rowsignal/core/web'
import type { Mount } from './shown.ts'

const query = new URLSearchParams(location.search)
const columns = { title: column.text, rank: column.integer }
const schema = new Schema({
  todos: new Table(query.has('schema') ? { ...columns, note: column.text } : columns),
})

/** Unless it reopens, each tab with a worker of its own: none is told of what another does, and none waits for one that has left. */
function openDatabase(dbFilename: string): PowerSyncDatabase {
  const vfs = WASQLiteVFS[query.get('vfs') as keyof typeof WASQLiteVFS]
  const logger = createConsoleLogger({ minLevel: LogLevels.warn })
  if (query.has('reopens')) return openPowerSync({ schema, logger, database: { dbFilename, vfs } })
  return new PowerSyncDatabase({
    schema,
    logger,
    database: { dbFilename, vfs, enableMultiTabs: false },
  })
}

const log: string[] = []

/** Logs what is shown, once for each change that the browser could have painted. */
function watch(root: HTMLElement): void {
  const note = (): void => {
    const shown = root.textContent
    if (shown !== log.at(-1)) log.push(shown)
    if (root.querySelector('li') !== null) firstRowMs ??= performance.now()
  }
  new MutationObserver(note).observe(root, { subtree: true, childList: true, characterData: true })
}

let firstRowMs: number | undefined

const frameworks: Record<string, () => Promise<{ readonly mount: Mount }>> = {
  vue: () => import('./vue.ts'),
  solid: () => import('./solid.tsx'),
  svelte: () => import('./svelte.ts'),
}

export function openTodos(database: PowerSyncDatabase, held: Promise<void>) {
  return createPowerSyncCollection({ database, table: schema.props.todos, onLoad: () => held })
}

async function open() {
  const database = openDatabase(query.get('file') ?? 'todos.db')
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  if (!query.has('hold')) release()
  const todos = openTodos(database, held)
  const user = query.get('user') ?? '1'
  const seeds = query.get('seeds') === 'off' ? [] : [await openSeeds({ database, user })]
  const { mount } = await frameworks[query.get('framework')!]!()
  const root = document.querySelector<HTMLElement>('#app')!
  watch(root)
  const limit = query.has('limit') ? Number(query.get('limit')) : undefined
  mount({ database, todos, seeds, limit }, root)
  return { database, todos, seeds: seeds[0], liveQuery, release }
}

/** How often the browser was idle for somebody: then it is looked whether there is something to keep. */
let looks = 0
const { requestIdleCallback } = globalThis
globalThis.requestIdleCallback = (look, options) =>
  requestIdleCallback((deadline) => {
    looks++
    look(deadline)
  }, options)

/** What has moved on the screen without anybody's doing, as the browser counts it. */
const moved: number[] = []
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) moved.push((entry as unknown as { value: number }).value)
}).observe({ type: 'layout-shift', buffered: true })

const opened = await open()

/** What IndexedDB has of a database: its era, or what was kept in one. */
interface StoredSeed {
  readonly era: number
  readonly kept?: Map<string, { readonly rows: readonly { readonly title: string }[] }>
}

const page = {
  ...opened,
  log,
  /** Once what has been painted until now is counted. */
  async moved(): Promise<readonly number[]> {
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame)
    return moved
  },
  signOut,
  firstRowMs: () => firstRowMs,
  async fill(count: number) {
    await opened.database.writeTransaction((transaction) =>
      transaction.execute(
        `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
         INSERT INTO todos(id, title, rank) SELECT 'row ' || n, 'todo ' || n, n FROM numbers`,
        [count],
      ),
    )
  },
  looks: () => looks,
  /** The titles in the record that is kept, or undefined. */
  async kept(): Promise<string | undefined> {
    const request = indexedDB.open('rowsignal')
    await new Promise((resolve) => (request.onsuccess = resolve))
    const names = [...request.result.objectStoreNames]
    if (names.length === 0) return undefined
    const all = request.result.transaction(names).objectStore('seeds').getAll()
    await new Promise((resolve) => (all.onsuccess = resolve))
    request.result.close()
    const records = all.result as StoredSeed[]
    const { era } = records.find(({ kept }) => kept === undefined) ?? { era: 0 }
    const stored = records.find(({ kept, era: of }) => kept !== undefined && of === era)
    const rows = [...(stored?.kept?.values() ?? [])].flatMap(({ rows }) => rows)
    return stored && rows.map(({ title }) => title).join()
  },
}

export type SeedPage = typeof page
Object.assign(globalThis, { seedPage: page })
