/**
 * The editing of one row, for forms: which columns the user has touched, what has changed, saving and dropping it.
 *
 * Untouched columns follow the row. A touched one keeps the user's value, also while a save is under way: if the save
 * fails, the row goes back and the form still shows what was typed. When the save succeeded, the column follows again.
 */
import { deepEquals, type Transaction } from '@tanstack/db'
import { RowsignalError } from './errors.ts'
import type { RowCollection, RowKey } from './keyed-rows.ts'
import type { Host } from './live-row.ts'

/** A collection whose rows can be written. */
export interface EditableCollection<Row extends object, Key extends RowKey> extends RowCollection<
  Row,
  Key
> {
  update(key: NoInfer<Key>, change: (draft: object) => void): Transaction
}

/** The columns of a row that a form may write; undefined while there is no row. */
export type DraftColumns<Row extends object> = {
  -readonly [Column in keyof Row as Column extends `$${string}` ? never : Column]?:
    | Row[Column]
    | undefined
}

/** What is edited; asked at each read, so that the framework tracks it and it may switch. */
export interface DraftSource<Row extends object, Key extends RowKey> {
  collection(): EditableCollection<Row, Key>
  key(): Key
  row(): Row | undefined
}

/** What `useDraft` gives, in the framework's own shape. */
export interface Draft<Row extends object> {
  /** The row as edited; assign to its columns. A column that holds an object or array is replaced as a whole. */
  readonly draft: DraftColumns<Row>
  /** Whether a save would write anything. */
  readonly changed: boolean
  /**
   * Writes the columns that differ from the row, and nothing when none does.
   *
   * @throws {RowsignalError} `no-row` when the collection does not hold the row.
   */
  readonly save: () => Transaction | undefined
  /** Drops what was edited. */
  readonly reset: () => void
}

/** Makes the draft that a binding hands out; its edits belong to one key and are dropped when that switches. */
export function createDraft<Row extends object, Key extends RowKey, Cell>(
  source: DraftSource<Row, Key>,
  host: Host<Cell>,
): Draft<Row> {
  const cell = host.cell()
  let edits = new Map<string, unknown>()
  let editedCollection: object | undefined
  let editedKey: Key | undefined

  /** The edits of the row that is shown now. */
  const read = (): Map<string, unknown> => {
    host.track(cell)
    const collection = source.collection()
    const key = source.key()
    if (collection !== editedCollection || key !== editedKey) {
      edits = new Map()
      editedCollection = collection
      editedKey = key
    }
    return edits
  }

  const changes = (): [string, unknown][] => {
    const row = source.row()
    return [...read()].filter(
      ([column, value]) => row === undefined || !deepEquals(value, Reflect.get(row, column)),
    )
  }

  const draft = new Proxy<DraftColumns<Row>>(
    {},
    {
      get(_, column) {
        // Vue asks these of everything that it is given: the draft must pass through `ref` and `reactive` as it is.
        if (column === '__v_skip') return true
        if (typeof column === 'symbol' || column.startsWith('__v_')) return undefined
        const touched = read()
        const row = source.row()
        if (touched.has(column)) return touched.get(column)
        return row === undefined ? undefined : Reflect.get(row, column)
      },
      set(_, column, value) {
        if (typeof column === 'symbol') return false
        read().set(column, value)
        host.trigger(cell)
        return true
      },
      has: (_, column) => column in merged(source.row(), read()),
      ownKeys: () => Reflect.ownKeys(merged(source.row(), read())),
      getOwnPropertyDescriptor: (_, column) =>
        Reflect.getOwnPropertyDescriptor(merged(source.row(), read()), column),
    },
  )

  return {
    draft,
    get changed() {
      return changes().length > 0
    },
    save() {
      const collection = source.collection()
      const key = source.key()
      if (!collection.has(key)) {
        throw new RowsignalError(
          'no-row',
          `draft: row \`${key}\` is not in the collection any more. Insert it again, or leave the form.`,
        )
      }
      const saved = changes()
      if (saved.length === 0) return undefined
      const transaction = collection.update(key, (row) => {
        for (const [column, value] of saved) Reflect.set(row, column, value)
      })
      const savedEdits = edits
      transaction.isPersisted.promise.then(
        () => {
          for (const [column, value] of saved) {
            if (Object.is(savedEdits.get(column), value)) savedEdits.delete(column)
          }
          host.trigger(cell)
        },
        () => {}, // the caller holds the same promise; the edits stay
      )
      return transaction
    },
    reset() {
      read().clear()
      host.trigger(cell)
    },
  }
}

/** The row without the properties that @tanstack/db adds, under the edits. */
function merged(row: object | undefined, edits: Map<string, unknown>): Record<string, unknown> {
  const columns = Object.entries(row ?? {}).filter(([column]) => !column.startsWith('$'))
  return { ...Object.fromEntries(columns), ...Object.fromEntries(edits) }
}
