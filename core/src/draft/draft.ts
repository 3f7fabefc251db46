/**
 * The editing of one row, for forms: what the user has touched, what is in conflict and what the schema refuses, saving
 * and dropping it.
 *
 * Untouched columns follow the row. A touched one keeps the user's value, also while a save is under way: if the save
 * fails, the row goes back and the form still shows what was typed. When the save succeeded, the column follows again.
 */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { deepEquals, type Transaction } from '@tanstack/db'
import { RowsignalError } from '../errors.ts'
import { validate } from '../libraries/standard-schema.ts'
import { isVirtual, type VirtualName, withoutVirtual } from '../libraries/tanstack.ts'
import type { Host } from '../readable/framework.ts'
import { keeper, remaker } from '../readable/keep.ts'
import type { RowCollection, RowKey } from '../rows/row-collection.ts'
import { createRowView } from '../rows/row-view.ts'
import { type DraftConflict, Edits } from './edits.ts'

/** A collection whose rows can be written. */
export interface EditableCollection<Row extends object, Key extends RowKey> extends RowCollection<
  Row,
  Key
> {
  readonly config: RowCollection<Row, Key>['config'] & {
    readonly schema?: StandardSchemaV1 | undefined
  }
  update(key: NoInfer<Key>, change: (draft: object) => void): Transaction
}

/** The columns of a row that a form may write; undefined while there is no row. */
export type DraftColumns<Row extends object> = {
  -readonly [Column in keyof Row as Column extends VirtualName ? never : Column]?:
    | Row[Column]
    | undefined
}

/** The name of a column that a form may write. */
export type DraftColumn<Row extends object> = keyof DraftColumns<Row>

/** The columns that both the user and somebody else have changed. */
export type DraftConflicts<Row extends object> = {
  readonly [Column in keyof Row as Column extends VirtualName ? never : Column]?: DraftConflict<
    Row[Column]
  >
}

/** What the collection's schema says of each column, and of the row as a whole under `$row`. */
export type DraftErrors<Row extends object> = {
  readonly [Column in DraftColumn<Row> | '$row']?: readonly string[]
}

/** What `useDraft` gives, in the framework's own shape. */
export interface Draft<Row extends object> {
  /** The row as edited; assign to its columns. A column that holds an object or array is replaced as a whole. */
  readonly draft: DraftColumns<Row>
  /** Whether there is something to save. */
  readonly changed: boolean
  /** Whether there is something to save, the row to save it to, and no error. */
  readonly canSave: boolean
  /**
   * The columns that the row has changed since the user began to edit them, with `base`, `mine` and `theirs`. The draft
   * goes on showing the user's value, and a save writes it; `resolve` decides before.
   */
  readonly conflicts: DraftConflicts<Row>
  /**
   * What the collection's schema refuses, by column: what a save would be refused for, as the user types. Empty while
   * there is nothing to save. A schema that throws, or is asynchronous, refuses the row as a whole.
   */
  readonly errors: DraftErrors<Row>
  /** Ends the conflict of a column: keeps the user's value, or takes the row's. */
  readonly resolve: (column: DraftColumn<Row>, choice: 'mine' | 'theirs') => void
  /**
   * Writes the columns that differ from the row, and nothing when none does.
   *
   * @throws {RowsignalError} `draft-invalid` while there are `errors`, `no-row` when the collection does not hold the
   * row. What was typed stays.
   */
  readonly save: () => Transaction | undefined
  /** Drops what was edited. */
  readonly reset: () => void
}

/** Makes the draft that a binding hands out; its edits belong to one key and are dropped when that switches. */
export function createDraft<Row extends object, Key extends RowKey>(
  host: Host<unknown>,
  collection: () => EditableCollection<Row, Key>,
  key: () => Key | null | undefined,
): Draft<Row> {
  const view = createRowView<Row, Key>(host, collection, key)
  const { row } = view
  const form = new Form(host, { collection, key, row })
  return {
    draft: new Proxy<DraftColumns<Row>>({}, formHandler(form)),
    get changed() {
      return Object.keys(form.changes()).length > 0
    },
    get canSave() {
      return (
        row() !== undefined &&
        !view.status.isSeed &&
        Object.keys(form.changes()).length > 0 &&
        Object.keys(form.errors()).length === 0
      )
    },
    get conflicts() {
      return form.conflicts() as DraftConflicts<Row>
    },
    get errors() {
      return form.errors() as DraftErrors<Row>
    },
    resolve: (column, choice) => form.resolve(column as string, choice),
    save: () => form.save(),
    reset: () => form.reset(),
  }
}

type DraftMessages = Record<string, readonly string[]>

/** What is edited; asked at each read, so that the framework tracks it and it may switch. */
interface Edited<Row extends object, Key extends RowKey> {
  readonly collection: () => EditableCollection<Row, Key>
  readonly key: () => Key | null | undefined
  readonly row: () => Row | undefined
}

/** The edits of what is shown now, tracked. */
class Form<Row extends object, Key extends RowKey> {
  readonly #edited: Edited<Row, Key>
  readonly #host: Host<unknown>
  readonly #cell: unknown
  readonly #remakeErrors = remaker<DraftMessages>()
  readonly #keepErrors = keeper<DraftMessages>(deepEquals)
  readonly #remakeConflicts = remaker<Record<string, DraftConflict<unknown>>>()
  readonly #keepConflicts = keeper<Record<string, DraftConflict<unknown>>>(deepEquals)
  #edits = new Edits()
  #collection: object | undefined
  #key: Key | null | undefined
  #version = 0

  constructor(host: Host<unknown>, edited: Edited<Row, Key>) {
    this.#edited = edited
    this.#host = host
    this.#cell = host.cell()
  }

  get(column: string): unknown {
    const edits = this.#read()
    const row = this.#edited.row()
    if (edits.has(column)) return edits.value(column)
    return row === undefined ? undefined : Reflect.get(row, column)
  }

  set(column: string, value: unknown): void {
    if (isVirtual(column)) return // a row that is assigned as a whole brings them along
    this.#read().set(column, value, this.#edited.row())
    this.#tell()
  }

  /** The columns of the row, under `values`. */
  merged(values = this.#read().values()): Record<string, unknown> {
    return { ...withoutVirtual(this.#edited.row() ?? {}), ...values }
  }

  changes(): Record<string, unknown> {
    return this.#read().changes(this.#edited.row())
  }

  conflicts(): Record<string, DraftConflict<unknown>> {
    return this.#remakeConflicts(this.#inputs(), () =>
      this.#keepConflicts(this.#read().conflicts(this.#edited.row())),
    )
  }

  errors(): DraftMessages {
    return this.#remakeErrors(this.#inputs(), () => this.#keepErrors(this.#findErrors()))
  }

  #findErrors(): DraftMessages {
    const { schema } = this.#edited.collection().config
    const changes = this.changes()
    if (schema === undefined || this.#edited.row() === undefined) return {}
    // As @tanstack/db validates an update: the whole row as it will be.
    if (Object.keys(changes).length === 0) return {}
    return errorsByColumn(validate(schema, this.merged(changes)).issues)
  }

  resolve(column: string, choice: 'mine' | 'theirs'): void {
    if (choice === 'mine') this.#read().keepMine(column, this.#edited.row())
    else this.#read().drop(column)
    this.#tell()
  }

  save(): Transaction | undefined {
    const collection = this.#edited.collection()
    const key = this.#edited.key()
    if (key === null || key === undefined || !collection.has(key)) {
      throw new RowsignalError(
        'no-row',
        `draft: row \`${key}\` is not in the collection. Insert it, or leave the form; save when \`canSave\`.`,
      )
    }
    const invalid = Object.keys(this.errors())
    if (invalid.length > 0) {
      throw new RowsignalError(
        'draft-invalid',
        `draft: the schema refuses \`${invalid.join('`, `')}\`. Show \`errors\` in the form, and save when \`canSave\`.`,
      )
    }
    const changes = this.changes()
    const columns = Object.keys(changes)
    if (columns.length === 0) return undefined
    const transaction = collection.update(key, (row) => Object.assign(row, changes))
    const settle = this.#edits.startSave(columns, collection.get(key))
    this.#tell()
    const settled = (isSaved: boolean): void => {
      settle(isSaved)
      this.#tell()
    }
    transaction.isPersisted.promise.then(
      () => settled(true),
      () => settled(false), // the caller holds the same promise; the edits stay
    )
    return transaction
  }

  reset(): void {
    this.#read().clear()
    this.#tell()
  }

  #read(): Edits {
    this.#host.track(this.#cell, undefined)
    const collection = this.#edited.collection()
    const key = this.#edited.key()
    if (collection !== this.#collection || key !== this.#key) {
      this.#edits = new Edits()
      this.#collection = collection
      this.#key = key
    }
    return this.#edits
  }

  #tell(): void {
    this.#version++
    this.#host.trigger(this.#cell)
  }

  /** All that conflicts and errors are made of. */
  #inputs(): readonly unknown[] {
    return [this.#read(), this.#version, this.#edited.row(), this.#edited.collection()]
  }
}

function formHandler<Columns extends object>(form: {
  get(column: string): unknown
  set(column: string, value: unknown): void
  merged(): Record<string, unknown>
}): ProxyHandler<Columns> {
  return {
    get(_, column) {
      // Vue asks these of everything that it is given: the draft must pass through `ref` and `reactive` as it is.
      if (column === '__v_skip') return true
      if (typeof column === 'symbol' || column.startsWith('__v_')) return undefined
      return form.get(column)
    },
    set(_, column, value) {
      if (typeof column === 'symbol') return false
      form.set(column, value)
      return true
    },
    has: (_, column) => column in form.merged(),
    ownKeys: () => Reflect.ownKeys(form.merged()),
    getOwnPropertyDescriptor: (_, column) =>
      Reflect.getOwnPropertyDescriptor(form.merged(), column),
  }
}

function errorsByColumn(issues: readonly StandardSchemaV1.Issue[] = []): DraftMessages {
  const errors: Record<string, string[]> = {}
  for (const { message, path } of issues) {
    const first = path?.[0]
    const column = String((typeof first === 'object' ? first.key : first) ?? '$row')
    ;(errors[column] ??= []).push(message)
  }
  return errors
}
