/** A page of todos that keeps its seeds, told by its address: `?user=…`, `?seeds=off`, `?hold` until `release`, `?schema=…`. */
import { column, createConsoleLogger, LogLevels, Schema, Table } from '@powersync/common'
import { PowerSyncDatabase, WASQLiteVFS } from '@powersync/web'
import {
  createPowerSyncCollection,
  type KeptSeeds,
  liveQuery,
  openSeeds,
  signOut,
} from '@rowsignal/core'
import { createRowsignal, useLiveQuery, useRow, useRows } from '@rowsignal/vue'
import type { InitialQueryBuilder } from '@tanstack/db'
import { createApp, defineComponent, h } from 'vue'

const query = new URLSearchParams(location.search)
const columns = { title: column.text, rank: column.integer }
const schema = new Schema({
  todos: new Table(query.has('schema') ? { ...columns, note: column.text } : columns),
})

/** Each tab with a worker of its own: none is told of what another does, and none waits for one that has left. */
function openDatabase(dbFilename: string): PowerSyncDatabase {
  const vfs = WASQLiteVFS.IDBBatchAtomicVFS
  const logger = createConsoleLogger({ minLevel: LogLevels.warn })
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

async function open() {
  const database = openDatabase(query.get('file') ?? 'todos.db')
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  if (!query.has('hold')) release()
  const todos = createPowerSyncCollection({
    database,
    table: schema.props.todos,
    onLoad: () => held,
  })
  const top = (q: InitialQueryBuilder) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.rank, 'desc')
      .limit(2)
  const user = query.get('user') ?? '1'
  const isOff = query.get('seeds') === 'off'
  const seeds: KeptSeeds | undefined = isOff ? undefined : await openSeeds({ database, user })

  const Item = defineComponent({
    props: { row: { type: Object, required: true } },
    setup:
      ({ row }) =>
      () =>
        h('li', `${row['title']} `),
  })
  const app = createApp({
    setup() {
      const limit = query.get('limit')
      const all = useRows(todos, limit === null ? undefined : { limit: Number(limit) })
      const first = useRow(todos, 'row 1')
      const best = useLiveQuery(() => ({ query: top, queryKey: ['top'] }))
      return () => [
        h('b', `${all.isSeed.value ? 'seed' : all.status.value} ${all.size.value}: `),
        h(
          'ul',
          all.rows.value.map((row) => h(Item, { key: row.id, row })),
        ),
        h('i', `first ${first.value?.title ?? 'none'}, `),
        h('i', `top ${best.rows.value.map(({ title }) => title).join()}`),
      ]
    },
  })
  const root = document.querySelector<HTMLElement>('#app')!
  watch(root)
  app.use(createRowsignal({ database, seeds: seeds === undefined ? [] : [seeds] })).mount(root)
  return { database, todos, seeds, liveQuery, release }
}

const opened = await open()

const page = {
  ...opened,
  log,
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
  /** The titles in the record that is kept, or undefined. */
  async kept(): Promise<string | undefined> {
    const request = indexedDB.open('rowsignal')
    await new Promise((resolve) => (request.onsuccess = resolve))
    const names = [...request.result.objectStoreNames]
    if (names.length === 0) return undefined
    const all = request.result.transaction(names).objectStore('seeds').getAll()
    await new Promise((resolve) => (all.onsuccess = resolve))
    request.result.close()
    const [stored] = all.result as { kept?: Map<string, { rows: { title: string }[] }> }[]
    return stored?.kept === undefined
      ? undefined
      : [...stored.kept.values()].flatMap(({ rows }) => rows.map(({ title }) => title)).join()
  },
}

export type SeedPage = typeof page
Object.assign(globalThis, { seedPage: page })
