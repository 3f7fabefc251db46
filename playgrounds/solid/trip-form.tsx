import { useDraft } from '@rowsignal/solid'
import { Show } from 'solid-js'
import { usePlanner } from './planner.ts'

export function TripForm(props: { id: string; onClose: () => void }) {
  const { draft, setDraft, changed, save, reset } = useDraft(usePlanner().trips, () => props.id)

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    save()
    props.onClose()
  }

  return (
    <form class="edit" aria-label="Trip" onSubmit={submit}>
      <label class="field wide">
        Name{' '}
        <input
          type="text"
          maxlength="200"
          required
          value={draft.name ?? ''}
          onInput={(event) => setDraft('name', event.currentTarget.value)}
        />
      </label>
      <label class="field">
        Starts on{' '}
        <input
          type="date"
          value={draft.starts_on ?? ''}
          onInput={(event) => setDraft('starts_on', event.currentTarget.value || null)}
        />
      </label>
      <div class="buttons">
        <button type="submit" class="primary">
          Save
        </button>
        <Show when={changed()}>
          <button type="button" onClick={reset}>
            Reset
          </button>
        </Show>
        <button type="button" onClick={() => props.onClose()}>
          Cancel
        </button>
      </div>
    </form>
  )
}
