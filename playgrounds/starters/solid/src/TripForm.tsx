import { useDraft } from '@rowsignal/solid'
import { For, Show } from 'solid-js'
import { trips } from './db'
import { fields } from './text'

const fieldNames = ['name', 'starts_on'] as const

export function TripForm(props: { id: string; onClose: () => void }) {
  const form = useDraft(trips, () => props.id)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    form.save()
    props.onClose()
  }
  return (
    <form aria-label="Trip" onSubmit={submit}>
      <label>
        {fields.name}{' '}
        <input
          type="text"
          maxlength="200"
          required
          value={form.draft.name ?? ''}
          onInput={(event) => form.setDraft('name', event.currentTarget.value)}
        />
      </label>
      <label>
        {fields.starts_on}{' '}
        <input
          type="date"
          value={form.draft.starts_on ?? ''}
          // An emptied date field holds '', which is no date.
          onInput={(event) => form.setDraft('starts_on', event.currentTarget.value || null)}
        />
      </label>
      <For each={fieldNames}>
        {(field) => (
          <Show when={form.conflicts()[field]}>
            {(conflict) => (
              <p class="conflict" role="alert">
                {fields[field]} became “{conflict().theirs}” meanwhile.{' '}
                <span class="buttons">
                  <button type="button" onClick={() => form.resolve(field, 'theirs')}>
                    Take it
                  </button>
                  <button type="button" onClick={() => form.resolve(field, 'mine')}>
                    Keep mine
                  </button>
                </span>
              </p>
            )}
          </Show>
        )}
      </For>
      <button class="primary" disabled={!form.canSave()}>
        Save
      </button>
      <button type="button" onClick={() => props.onClose()}>
        Cancel
      </button>
    </form>
  )
}
