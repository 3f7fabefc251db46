import type { Draft, DraftColumns, EditableCollection, RowKey } from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import type { Accessor } from 'solid-js'
import { access, host, type MaybeAccessor } from './host.ts'
import { useRow } from './row.ts'

/** What `useDraft` gives: `draft` to read, `setDraft` to write columns, `changed` as an accessor. */
export interface RowDraft<Row extends object> extends Omit<Draft<Row>, 'draft' | 'changed'> {
  readonly draft: Readonly<DraftColumns<Row>>
  readonly setDraft: <Column extends keyof DraftColumns<Row>>(
    column: Column,
    value: DraftColumns<Row>[Column],
  ) => void
  readonly changed: Accessor<boolean>
}

/**
 * An editable copy of a row for a form: columns that the user has not touched follow the row.
 *
 * Shape: `draft` is one reactive object for good, its columns undefined while there is no row. Another key drops what
 * was edited.
 *
 * @example
 * const { draft, setDraft, changed, save } = useDraft(todos, () => props.id)
 * return <input value={draft.title ?? ''} onInput={(event) => setDraft('title', event.target.value)} />
 */
export function useDraft<Row extends object, Key extends RowKey>(
  collection: MaybeAccessor<EditableCollection<Row, Key>>,
  key: MaybeAccessor<Key>,
): RowDraft<Row> {
  const form = createDraft<Row, Key, unknown>(
    { collection: () => access(collection), key: () => access(key), row: useRow(collection, key) },
    host,
  )
  return {
    draft: form.draft,
    setDraft: (column, value) => {
      form.draft[column] = value
    },
    changed: () => form.changed,
    save: () => form.save(),
    reset: () => form.reset(),
  }
}
