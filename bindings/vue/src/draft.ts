import { type Draft, type EditableCollection, row, type RowKey } from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import { computed, type ComputedRef, type MaybeRefOrGetter, toValue } from 'vue'
import { toPlain, useHost } from './host.ts'
import { useReadable } from './readable.ts'

/** What `useDraft` gives: `draft` for `v-model`, `changed` as a ref. */
export interface RowDraft<Row extends object> extends Omit<Draft<Row>, 'changed'> {
  readonly changed: ComputedRef<boolean>
}

/**
 * An editable copy of a row for a form: columns that the user has not touched follow the row.
 *
 * Shape: `draft` is one reactive object for good, its columns undefined while there is no row. Another key drops what
 * was edited.
 *
 * @example
 * const { draft, changed, save, reset } = useDraft(todos, () => props.id)
 * // <input v-model="draft.title" /> <button :disabled="!changed" @click="save()">Save</button>
 */
export function useDraft<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<EditableCollection<Row, Key>>,
  key: MaybeRefOrGetter<Key>,
): RowDraft<Row> {
  const current = useReadable(() => row(toPlain(collection), toValue(key)))
  const form = createDraft<Row, Key, unknown>(
    {
      collection: () => toPlain(collection),
      key: () => toValue(key),
      row: () => current.value,
    },
    useHost(),
  )
  return {
    draft: form.draft,
    changed: computed(() => form.changed),
    save: () => form.save(),
    reset: () => form.reset(),
  }
}
