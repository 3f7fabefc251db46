/**
 * The seed of the last visit: what hooks have shown is kept in IndexedDB, and shown at the next visit until SQLite has been read.
 *
 * It belongs to one user and one schema. Nothing is kept of a collection that has not been read, so nothing of before a clear;
 * a sign-out drops what was kept, first of all.
 */
import { reportToPlatform } from '../errors.ts'
import { isServerDatabase, type Database, onCommit } from '../libraries/powersync.ts'
import { onSignOut } from '../libraries/sign-outs.ts'
import type { Seeds } from '../readable/framework.ts'
import { perObject } from '../readable/per-object.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import { Recorder, namesOf } from './recorder.ts'
import { SeedStore, type KeptRows } from './seed-store.ts'
import { SeededCollection } from './seeded-rows.ts'

export interface OpenSeedsOptions {
  readonly database: Database
  /** Who is signed in. Another one's rows are never shown, and dropped. */
  readonly user: string
  /**
   * Of the app, to be changed with what `columns`, a schema or the `select` of a query make of a row; the schema of the database
   * counts by itself.
   */
  readonly version?: string | undefined
  /** How many rows are kept in all, of what was shown last first. Reading 1,000 takes about 17 ms. @default 1000 */
  readonly maxRows?: number | undefined
}

/** The seeds of the last visit. */
export interface KeptSeeds extends Seeds {
  /** Drops what is kept and what is shown of it, and keeps nothing more: for a sign-out that touches no database. */
  readonly drop: () => Promise<void>
}

const nothing: KeptSeeds = { find: () => undefined, drop: () => Promise.resolve() }

/**
 * What the page has shown at the last visit, for hooks to show until SQLite has been read, and from now on keeps for the next.
 *
 * Give it to the whole app, before it is mounted: `createRowsignal({ database, seeds: [seeds] })` in Vue, `provideSeeds` in Svelte,
 * `<SeedProvider>` in Solid. Kept are the first rows of what `useRows` shows of PowerSync collections, the rows of `useRow`, and
 * queries that have a `queryKey`; when the page is hidden or left, and a second after a change, when the browser is idle.
 *
 * Dropped with the user, the schema, `version`, `signOut` and `disconnectAndClear`, in all tabs. Open it wherever the app may sign
 * out.
 *
 * Shape: resolves with nothing to show, and keeps nothing, where there is no IndexedDB, or none that can be opened.
 * Cost: one read of IndexedDB before the first paint; a write of at most `maxRows` rows at most once a second while rows change.
 *
 * @example
 * const seeds = await openSeeds({ database, user: session.userId })
 * createApp(App).use(createRowsignal({ database, seeds: [seeds] })).mount('#app')
 */
export async function openSeeds(options: OpenSeedsOptions): Promise<KeptSeeds> {
  const { database, user, version = '' } = options
  if (isServerDatabase(database) || typeof indexedDB === 'undefined') return nothing
  const shape = `${version} ${shapeOf(database)}`
  try {
    const store = await SeedStore.open(database.database.name, { user, shape })
    return keep(options, store, await store.read())
  } catch {
    return nothing // a private window, a full disk: the page opens as it would without
  }
}

function keep(
  { database, maxRows = 1_000 }: OpenSeedsOptions,
  store: SeedStore,
  kept: ReadonlyMap<string, KeptRows>,
): KeptSeeds {
  const recorder = new Recorder(kept, maxRows)
  const shown = new Set<SeededCollection<object, RowKey>>()
  let isOver = false

  const end = (): void => {
    isOver = true
    stop()
    for (const seeded of shown) seeded.drop()
    shown.clear()
  }
  const drop = async (): Promise<void> => {
    end()
    await store.drop()
  }
  const save = (): void => {
    if (!isOver && recorder.hasRead) store.write(recorder.record())
  }
  const shape = shapeOf(database)
  const schedule = saveWhileIdle(save)
  const stops = [
    onCommit(database, schedule),
    database.registerListener({
      closing() {
        save()
        end()
      },
      schemaChanged() {
        if (shapeOf(database) !== shape) drop().catch(reportToPlatform)
      },
    }),
  ]
  const saveHidden = (): void => {
    if (document.visibilityState === 'hidden') save()
  }
  document.addEventListener('visibilitychange', saveHidden)
  addEventListener('pagehide', save)
  const stop = (): void => {
    for (const one of stops) one()
    document.removeEventListener('visibilitychange', saveHidden)
    removeEventListener('pagehide', save)
  }
  onSignOut(database, drop)

  /** What was read later than a save is kept by the next: no commit may come after it. */
  const saveWhenRead = perObject((collection: RowCollection<object, RowKey>) =>
    collection.on('status:change', schedule),
  )

  /** By the name of the rows. One that has been made stays, also when its collection has been read: hooks hold it. */
  const standIns = perObject(
    (_collection: RowCollection<object, RowKey>) =>
      new Map<string, SeededCollection<object, RowKey>>(),
  )
  const standIn = (
    collection: RowCollection<object, RowKey>,
    name: string,
  ): SeededCollection<object, RowKey> | undefined => {
    const known = standIns(collection).get(name)
    const rows = recorder.keptOf(name)
    if (known !== undefined || rows === undefined) return known
    const byKey = new Map(rows.keys.map((key, index) => [key, rows.rows[index]!]))
    const seeded = new SeededCollection(collection, { rows: byKey, size: rows.size })
    standIns(collection).set(name, seeded)
    for (const one of shown) if (!one.isSeed) shown.delete(one)
    shown.add(seeded)
    return seeded
  }
  return {
    find(collection, key) {
      if (isOver) return undefined
      const asked = collection as RowCollection<object, RowKey>
      recorder.note(asked, key as RowKey | undefined)
      schedule()
      saveWhenRead(asked)
      for (const name of namesOf(asked, key !== undefined)) {
        const seeded = standIn(asked, name)
        if (seeded !== undefined) return seeded
      }
      return undefined
    },
    drop,
  }
}

function shapeOf({ schema }: Database): string {
  return JSON.stringify(schema)
}

const saveAfterMs = 1_000

/**
 * Runs `save` when the browser has nothing else to do, a second after it was asked for; once more for what was asked meanwhile,
 * since what a commit has changed is shown a moment after it.
 */
function saveWhileIdle(save: () => void): () => void {
  let isWaiting = false
  let isAskedAgain = false
  const wait = (): void => {
    isWaiting = true
    isAskedAgain = false
    setTimeout(whenIdle, saveAfterMs)
  }
  const whenIdle = (): void => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(run)
    else run() // Safari
  }
  const run = (): void => {
    isWaiting = false
    save()
    if (isAskedAgain) wait()
  }
  return () => {
    if (isWaiting) isAskedAgain = true
    else wait()
  }
}
