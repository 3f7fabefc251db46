/**
 * The seeds of the last visit in IndexedDB: of each database its era, and a record of what was kept in it, of one user and one
 * schema. Each time that it is dropped begins another era. What a tab of an era before still writes, as one that was frozen meanwhile, is
 * a record of that era: nobody reads it, and the next visit removes it.
 *
 * So a write is one request, with nothing to wait for: a page that is closed lives no longer.
 */

/** Rows of one list, or single rows, as they were shown. */
export interface KeptRows {
  readonly keys: readonly (string | number)[]
  readonly rows: readonly object[]
  /** How many rows the collection had. */
  readonly size: number
}

/** Whose rows they are, and of which kind. */
export interface Owner {
  readonly user: string
  /** What the rows look like. */
  readonly shape: string
}

/** What was kept in an era, under its name and that. */
interface Stored extends Owner {
  readonly era: number
  readonly kept: ReadonlyMap<string, KeptRows>
}

/** Under the name. */
interface Current {
  readonly era: number
}

const storeName = 'seeds'

export class SeedStore {
  #database: IDBDatabase
  readonly #name: string
  readonly #owner: Owner
  #era = 0

  private constructor(database: IDBDatabase, name: string, owner: Owner) {
    this.#database = database
    this.#name = name
    this.#owner = owner
  }

  static async open(name: string, owner: Owner): Promise<SeedStore> {
    return new SeedStore(await openDatabase(), name, owner)
  }

  /** What was kept for this owner; what is another's is dropped. */
  async read(): Promise<ReadonlyMap<string, KeptRows>> {
    const store = this.#store('readonly')
    const [current, records] = await Promise.all([
      settled<Current | undefined>(store.get(this.#name)),
      settled<Stored[]>(store.getAll(this.#ofAllEras())),
    ])
    this.#era = current?.era ?? 0
    const stored = records.find(({ era }) => era === this.#era)
    const { user, shape } = this.#owner
    const isOwn = stored === undefined || (stored.user === user && stored.shape === shape)
    if (!isOwn) await this.drop()
    else if (records.some(({ era }) => era !== this.#era)) this.#removeEarlier()
    return isOwn && stored !== undefined ? stored.kept : new Map()
  }

  /** Keeps these in place of what was kept, for nobody if that was dropped since it was read. */
  write(kept: ReadonlyMap<string, KeptRows>): void {
    const stored: Stored = { ...this.#owner, era: this.#era, kept }
    try {
      const store = this.#store('readwrite')
      store.put(stored, [this.#name, this.#era])
      store.transaction.commit()
    } catch {
      // The browser has removed all that the page had stored, and IndexedDB has closed: there is nothing to keep it in.
    }
  }

  /** Keeps nothing any more, nor what another tab has kept since the browser has removed all. */
  async drop(): Promise<void> {
    try {
      await this.#drop()
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error
      this.#database = await openDatabase()
      await this.#drop()
    }
  }

  #drop(): Promise<void> {
    const store = this.#store('readwrite')
    store.delete(this.#ofAllEras())
    const request: IDBRequest<Current | undefined> = store.get(this.#name)
    request.onsuccess = () => {
      const next: Current = { era: (request.result?.era ?? 0) + 1 }
      store.put(next, this.#name)
      this.#era = next.era
    }
    return new Promise((resolve, reject) => {
      store.transaction.addEventListener('complete', () => resolve())
      store.transaction.addEventListener('abort', () => reject(store.transaction.error))
    })
  }

  #removeEarlier(): void {
    const earlier = IDBKeyRange.bound([this.#name], [this.#name, this.#era], false, true)
    this.#store('readwrite').delete(earlier)
  }

  /** The keys of what was kept, in whichever era: a list comes after each number. */
  #ofAllEras(): IDBKeyRange {
    return IDBKeyRange.bound([this.#name], [this.#name, []])
  }

  #store(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(storeName, mode).objectStore(storeName)
  }
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('rowsignal', 1)
  request.onupgradeneeded = () => request.result.createObjectStore(storeName)
  return settled(request)
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}
