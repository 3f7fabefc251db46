/** What hooks show, to be kept for the next visit: the first rows of lists, and single rows, of what has been read. */
import { withoutVirtual } from '../libraries/tanstack.ts'
import { isPlain } from '../readable/same-value.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import { queryNames } from '../rows/seeds.ts'
import type { KeptRows } from './seed-store.ts'

type Rows = RowCollection<object, RowKey>

/** What is shown under a name. */
interface Shown {
  readonly collection: WeakRef<Rows>
  /** Of single rows; undefined for a list. */
  readonly keys: Set<RowKey> | undefined
}

/** What is read of a PowerSync collection. */
interface PowerSyncCollection {
  readonly utils: { getMeta?(): { readonly tableName: string } }
  /** The `id` is that which the app gave, if it did. */
  readonly config: { readonly id?: string }
}

/** Names that are the same at the next visit: of a query by its keys, of a collection by its table and, if the app gave one, its id. */
export function namesOf(collection: Rows, isOneRow: boolean): string[] {
  const names = [...queryNames(collection)].map((name) => `query ${name}`)
  const { utils, config } = collection as Partial<PowerSyncCollection>
  const table = utils?.getMeta?.().tableName
  if (table !== undefined) names.push(`table ${JSON.stringify([table, config?.id])}`)
  return isOneRow ? names.flatMap((name) => [`row of ${name}`, name]) : names
}

export class Recorder {
  readonly #maxRows: number
  /** What is shown last comes last. */
  readonly #shown = new Map<string, Shown>()
  #kept: ReadonlyMap<string, KeptRows>

  constructor(kept: ReadonlyMap<string, KeptRows>, maxRows: number) {
    this.#kept = kept
    this.#maxRows = maxRows
  }

  /** @param key Of a row that is shown by itself. */
  note(collection: Rows, key: RowKey | undefined): void {
    const [name] = namesOf(collection, key !== undefined)
    if (name === undefined) return
    const known = this.#shown.get(name)
    const isSame = known?.collection.deref() === collection
    const keys = key === undefined ? undefined : ((isSame && known?.keys) || new Set()).add(key)
    this.#shown.delete(name)
    this.#shown.set(name, { collection: new WeakRef(collection), keys })
  }

  /** What is kept under a name: what was shown last, at this visit or the one before. */
  keptOf(name: string): KeptRows | undefined {
    return this.#kept.get(name)
  }

  /** Whether anything shown has been read: another tab may have kept more meanwhile than what this one has found. */
  get hasRead(): boolean {
    return [...this.#shown.values()].some(
      ({ collection }) => collection.deref()?.status === 'ready',
    )
  }

  /** What is to be kept now: what was shown last first, and of what can't be read now what was kept before. */
  record(): ReadonlyMap<string, KeptRows> {
    const next = new Map<string, KeptRows>()
    let left = this.#maxRows
    const add = (name: string, rows: KeptRows | undefined): void => {
      if (rows === undefined || rows.rows.length > left || next.has(name)) return
      next.set(name, rows)
      left -= rows.rows.length
    }
    for (const [name, shown] of [...this.#shown].toReversed()) {
      const collection = shown.collection.deref()
      if (collection?.status === 'ready') add(name, read(collection, shown.keys, left))
      else add(name, this.#kept.get(name))
    }
    for (const [name, rows] of this.#kept) if (!this.#shown.has(name)) add(name, rows)
    return (this.#kept = next)
  }
}

/** Undefined where a row has a value that IndexedDB would give back as another. */
function read(
  collection: Rows,
  wanted: ReadonlySet<RowKey> | undefined,
  most: number,
): KeptRows | undefined {
  const keys: RowKey[] = []
  const rows: object[] = []
  for (const key of wanted ?? collection.keys()) {
    if (keys.length >= most) break
    const row = collection.get(key)
    if (row === undefined) continue
    const plain = withoutVirtual(row)
    if (!isKept(plain)) return undefined
    keys.push(key)
    rows.push(plain)
  }
  return { keys, rows, size: collection.size }
}

function isKept(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return !['function', 'symbol'].includes(typeof value)
  if (value instanceof Date || value instanceof Uint8Array) return true
  return isPlain(value) && Object.values(value).every(isKept)
}
