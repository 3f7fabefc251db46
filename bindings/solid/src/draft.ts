import type { Draft, DraftColumn, DraftColumns, EditableCollection, RowKey } from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import type { Accessor } from 'solid-js'
import { access, host, type MaybeAccessor } from './host.ts'

type Values<Row extends object> = Pick<Draft<Row>, 'changed' | 'canSave' | 'conflicts' | 'errors'>

/** What `useDraft` gives: `draft` to read, `setDraft` to write columns, what is known of it as accessors. */
export type RowDraft<Row extends object> = Pick<Draft<Row>, 'resolve' | 'save' | 'reset'> & {
  readonly draft: Readonly<DraftColumns<Row>>
  readonly setDraft: <Column extends DraftColumn<Row>>(
    column: Column,
    value: DraftColumns<Row>[Column],
  ) => void
} & { readonly [Property in keyof Values<Row>]: Accessor<Values<Row>[Property]> }

/**
 * A copy of a row for a form to edit. A column that the user has not touched shows the row. A column that both the user and
 * somebody else have changed is in `conflicts()`. What the collection's schema refuses is in `errors()`.
 *
 * Shape: `draft` is one reactive object for good, its columns undefined while there is no row. Another key drops what
 * was edited. `useRow` beside it tells why there is no row.
 *
 * @example
 * const { draft, setDraft, canSave, save } = useDraft(todos, () => props.id)
 * return <input value={draft.title ?? ''} onInput={(event) => setDraft('title', event.target.value)} />
 */
export function useDraft<Row extends object, Key extends RowKey>(
  collection: MaybeAccessor<EditableCollection<Row, Key>>,
  key: MaybeAccessor<Key | null | undefined>,
): RowDraft<Row> {
  const form = createDraft(
    host,
    () => access(collection),
    () => access(key),
  )
  return {
    draft: form.draft,
    setDraft: (column, value) => {
      form.draft[column] = value
    },
    changed: () => form.changed,
    canSave: () => form.canSave,
    conflicts: () => form.conflicts,
    errors: () => form.errors,
    resolve: form.resolve,
    save: form.save,
    reset: form.reset,
  }
}
