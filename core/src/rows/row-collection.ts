/** What the library needs of a collection whose rows it shows, whoever made it. */
import type { CollectionStatus } from '@tanstack/db'
import { perObject } from '../readable/per-object.ts'
import type { Stop } from '../readable/readable.ts'

/** What @tanstack/db takes as the key of a row. */
export type RowKey = string | number

/** One entry of what `subscribeChanges` reports. */
export interface RowEvent<Row> {
  type: 'insert' | 'update' | 'delete'
  key: RowKey // @tanstack/db 0.9.2 does not say of which type
  value: Row
  previousValue?: Row | undefined
}

/**
 * What is read of a collection: every TanStack `Collection` is one, also a live query.
 *
 * The types are inferred from `get` and `keys` alone, the only ones to tell them with the virtual properties.
 */
export interface RowCollection<Row extends object, Key extends RowKey> {
  readonly config: { getKey(row: NoInfer<Row>): NoInfer<Key>; compare?: unknown }
  readonly size: number
  readonly status: CollectionStatus
  get(key: NoInfer<Key>): Row | undefined
  has(key: NoInfer<Key>): boolean
  keys(): Iterable<Key>
  values(): Iterable<NoInfer<Row>>
  on(event: 'status:change', callback: () => void): Stop
  subscribeChanges(
    callback: (events: RowEvent<NoInfer<Row>>[]) => void,
    options: { includeInitialState: boolean },
  ): { unsubscribe(): void }
}

const keyFieldOf = perObject((config: { getKey(row: object): unknown }) => {
  const mark = Symbol('key')
  let field: string | undefined
  const probe = new Proxy({}, { get: (_, property) => ((field = String(property)), mark) })
  try {
    return { field: config.getKey(probe) === mark ? field : undefined }
  } catch {
    return { field: undefined } // a getKey that computes with the field fails on the mark: no field is the key
  }
})

/** The one field that `getKey` returns as it is, or undefined for a key made in any other way. */
export function findKeyField<Row extends object, Key extends RowKey>({
  config,
}: RowCollection<Row, Key>): string | undefined {
  return keyFieldOf(config).field
}
