import type { Draft, EditableCollection, RowKey } from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import { get, host, type MaybeGetter } from './host.svelte.ts'

/**
 * A copy of a row for a form to edit. A column that the user has not touched shows the row. A column that both the user and
 * somebody else have changed is in `conflicts`. What the collection's schema refuses is in `errors`.
 *
 * Shape: `draft` is one reactive object for good, its columns undefined while there is no row; the others are getters,
 * not to be destructured. Another key drops what was edited. `useRow` beside it tells why there is no row.
 *
 * @example
 * const form = useDraft(todos, () => id)
 * // <input bind:value={form.draft.title} /> <button disabled={!form.canSave} onclick={() => form.save()}>Save</button>
 */
export function useDraft<Row extends object, Key extends RowKey>(
  collection: MaybeGetter<EditableCollection<Row, Key>>,
  key: MaybeGetter<Key | null | undefined>,
): Draft<Row> {
  return createDraft(
    host,
    () => get(collection),
    () => get(key),
  )
}
