import type { Draft, EditableCollection, RowKey } from '@rowsignal/core'
import { createDraft } from '@rowsignal/core/host'
import { computed, type ComputedRef, type MaybeRefOrGetter, toValue } from 'vue'
import { toPlain, useHost } from './host.ts'

type Values<Row extends object> = Pick<Draft<Row>, 'changed' | 'canSave' | 'conflicts' | 'errors'>

/** What `useDraft` gives: `draft` for `v-model`, what is known of it as refs, and what can be done with it. */
export type RowDraft<Row extends object> = Omit<Draft<Row>, keyof Values<Row>> & {
  readonly [Property in keyof Values<Row>]: ComputedRef<Values<Row>[Property]>
}

/**
 * A copy of a row for a form to edit. A column that the user has not touched shows the row. A column that both the user and
 * somebody else have changed is in `conflicts`. What the collection's schema refuses is in `errors`.
 *
 * Shape: `draft` is one reactive object for good, its columns undefined while there is no row. Another key drops what
 * was edited. `useRow` beside it tells why there is no row.
 *
 * @example
 * const { draft, errors, canSave, save } = useDraft(todos, () => props.id)
 * // <input v-model="draft.title" /> {{ errors.title }} <button :disabled="!canSave" @click="save()">Save</button>
 */
export function useDraft<Row extends object, Key extends RowKey>(
  collection: MaybeRefOrGetter<EditableCollection<Row, Key>>,
  key: MaybeRefOrGetter<Key | null | undefined>,
): RowDraft<Row> {
  const form = createDraft(
    useHost(),
    () => toPlain(collection),
    () => toValue(key),
  )
  return {
    draft: form.draft,
    changed: computed(() => form.changed),
    canSave: computed(() => form.canSave),
    conflicts: computed(() => form.conflicts),
    errors: computed(() => form.errors),
    resolve: form.resolve,
    save: form.save,
    reset: form.reset,
  }
}
