/**
 * The seeds of the last visit in IndexedDB: one record for each database, of one user and one schema. Each time that it is dropped
 * begins another era, and a page of an era before writes nothing: a tab that was frozen meanwhile brings nothing back.
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

interface Stored extends Partial<Owner> {
  readonly era: number
  readonly kept?: ReadonlyMap<string, KeptRows>
}

const storeName = 'seeds'

export class SeedStore {
  readonly #database: IDBDatabase
  readonly #name: string
  readonly #owner: Owner
  #era = 0

  private constructor(database: IDBDatabase, name: string, owner: Owner) {
    this.#database = database
    this.#name = name
    this.#owner = owner
  }

  static async open(name: string, owner: Owner): Promise<SeedStore> {
    const request = indexedDB.open('rowsignal', 1)
    request.onupgradeneeded = () => request.result.createObjectStore(storeName)
    return new SeedStore(await settled(request), name, owner)
  }

  /** What was kept for this owner; what is another's is dropped. */
  async read(): Promise<ReadonlyMap<string, KeptRows>> {
    const store = this.#store('readonly')
    const stored = await settled<Stored | undefined>(store.get(this.#name))
    this.#era = stored?.era ?? 0
    if (stored?.kept === undefined) return new Map()
    const { user, shape } = this.#owner
    if (stored.user === user && stored.shape === shape) return stored.kept
    await this.drop()
    return new Map()
  }

  /** Keeps these in place of what was kept, unless that was dropped since it was read. */
  write(kept: ReadonlyMap<string, KeptRows>): void {
    const next: Stored = { ...this.#owner, era: this.#era, kept }
    try {
      this.#change((era) => (era === this.#era ? next : undefined))
    } catch {
      // The user has cleared the storage of the page, and IndexedDB has closed: there is nothing to keep it in.
    }
  }

  /** Keeps nothing any more. */
  drop(): Promise<void> {
    const dropped = this.#change((era) => ({ era: era + 1 }))
    return new Promise((resolve, reject) => {
      dropped.addEventListener('complete', () => {
        this.#era++
        resolve()
      })
      dropped.addEventListener('abort', () => reject(dropped.error))
    })
  }

  #change(next: (era: number) => Stored | undefined): IDBTransaction {
    const store = this.#store('readwrite')
    const request: IDBRequest<Stored | undefined> = store.get(this.#name)
    request.onsuccess = () => {
      const stored = next(request.result?.era ?? 0)
      if (stored !== undefined) store.put(stored, this.#name)
    }
    return store.transaction
  }

  #store(mode: IDBTransactionMode): IDBObjectStore {
    return this.#database.transaction(storeName, mode).objectStore(storeName)
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}
