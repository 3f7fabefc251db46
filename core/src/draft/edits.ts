/**
 * What a user has typed over a row that goes on changing: a three-way view of each touched column, whose base is the
 * value at which the user began. Owns which columns differ, which are in conflict, and what a save under way means for
 * both; knows nothing of frameworks, schemas and collections.
 */
import { deepEquals } from '@tanstack/db'

/** A column that the user and somebody else have changed. */
export interface DraftConflict<Value> {
  /** The row's value when the user began. */
  readonly base: Value | undefined
  /** What the user typed. */
  readonly mine: Value | undefined
  /** The row's value now. */
  readonly theirs: Value | undefined
}

/** A save that has not settled: what was typed, and what the row shows for it (a schema may have made it another). */
interface PendingSave {
  readonly typed: unknown
  readonly shown: unknown
}

interface Edit {
  value: unknown
  base: unknown
  saves: readonly PendingSave[]
}

/** The edits of one row. A row that is not there has no columns. */
export class Edits {
  readonly #edits = new Map<string, Edit>()

  has(column: string): boolean {
    return this.#edits.has(column)
  }

  /** What was typed; ask `has` first. */
  value(column: string): unknown {
    return this.#edits.get(column)?.value
  }

  /** All typed columns with their values. */
  values(): Record<string, unknown> {
    return Object.fromEntries(Array.from(this.#edits, ([column, { value }]) => [column, value]))
  }

  set(column: string, value: unknown, row: object | undefined): void {
    const present = valueOf(row, column)
    const edit = this.#edits.get(column)
    // Typed back to what the row holds: the column follows again. While a save is under way it may yet be refused.
    if (deepEquals(value, present) && !edit?.saves.length) this.#edits.delete(column)
    else if (edit === undefined) this.#edits.set(column, { value, base: present, saves: [] })
    else edit.value = value
  }

  drop(column: string): void {
    this.#edits.delete(column)
  }

  clear(): void {
    this.#edits.clear()
  }

  /** Ends a conflict in the user's favour: a further change of the row is a new one. */
  keepMine(column: string, row: object | undefined): void {
    const edit = this.#edits.get(column)
    if (edit !== undefined) edit.base = valueOf(row, column)
  }

  /** The columns that a save would write. */
  changes(row: object | undefined): Record<string, unknown> {
    const changed = [...this.#edits].filter(([column, edit]) => isChanged(edit, row, column))
    return Object.fromEntries(changed.map(([column, { value }]) => [column, value]))
  }

  conflicts(row: object | undefined): Record<string, DraftConflict<unknown>> {
    const conflicts: Record<string, DraftConflict<unknown>> = {}
    if (row === undefined) return conflicts
    for (const [column, edit] of this.#edits) {
      const theirs = valueOf(row, column)
      const isOurs = [edit.base, ...edit.saves.map(({ shown }) => shown)].some((own) =>
        deepEquals(own, theirs),
      )
      if (isOurs || !isChanged(edit, row, column)) continue
      conflicts[column] = { base: edit.base, mine: edit.value, theirs }
    }
    return conflicts
  }

  /**
   * Notes that these columns are being saved and that `row` is what the collection shows for them now.
   *
   * @returns To be called when the save has settled.
   */
  startSave(columns: readonly string[], row: object | undefined): (isSaved: boolean) => void {
    const saves = new Map<string, PendingSave>()
    for (const column of columns) {
      const edit = this.#edits.get(column)
      if (edit === undefined) continue
      const save = { typed: edit.value, shown: valueOf(row, column) }
      saves.set(column, save)
      edit.saves = [...edit.saves, save]
    }
    return (isSaved) => {
      for (const [column, save] of saves) this.#settle(column, save, isSaved)
    }
  }

  #settle(column: string, save: PendingSave, isSaved: boolean): void {
    const edit = this.#edits.get(column)
    const index = edit?.saves.indexOf(save) ?? -1
    if (edit === undefined || index < 0) return
    if (!isSaved) {
      edit.saves = edit.saves.filter((other) => other !== save)
      return
    }
    edit.base = save.shown
    edit.saves = edit.saves.slice(index + 1)
    if (edit.saves.length === 0 && Object.is(edit.value, save.typed)) this.#edits.delete(column)
  }
}

function isChanged(edit: Edit, row: object | undefined, column: string): boolean {
  if (row === undefined) return true
  const last = edit.saves.at(-1)
  if (last !== undefined && Object.is(last.typed, edit.value)) return false
  return !deepEquals(edit.value, valueOf(row, column))
}

function valueOf(row: object | undefined, column: string): unknown {
  return row === undefined ? undefined : Reflect.get(row, column)
}
