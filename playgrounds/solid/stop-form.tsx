import { useDraft } from '@rowsignal/solid'
import { For, Show } from 'solid-js'
import { stopFields } from '../app/schema.ts'
import { usePlanner } from './planner.ts'

export function StopForm(props: { id: string; onClose: () => void }) {
  const { draft, setDraft, changed, conflicts, resolve, save, reset } = useDraft(
    usePlanner().stops,
    () => props.id,
  )

  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    save()
    props.onClose()
  }

  return (
    <form class="edit" aria-label="Stop" onSubmit={submit}>
      <label class="field">
        Place{' '}
        <input
          type="text"
          maxlength="200"
          required
          value={draft.place ?? ''}
          onInput={(event) => setDraft('place', event.currentTarget.value)}
        />
      </label>
      <label class="field">
        Day{' '}
        <input
          type="number"
          min="1"
          required
          value={draft.day ?? ''}
          onInput={(event) => setDraft('day', event.currentTarget.valueAsNumber)}
        />
      </label>
      <label class="field wide">
        Note{' '}
        <input
          type="text"
          value={draft.note ?? ''}
          onInput={(event) => setDraft('note', event.currentTarget.value)}
        />
      </label>
      <For each={stopFields}>
        {(column) => (
          <Show when={conflicts()[column]}>
            {(conflict) => (
              <p class="conflict wide" aria-live="polite">
                Somebody else made the {column} “{conflict().theirs}”.{' '}
                <button type="button" onClick={() => resolve(column, 'theirs')}>
                  Take theirs
                </button>{' '}
                <button type="button" onClick={() => resolve(column, 'mine')}>
                  Keep mine
                </button>
              </p>
            )}
          </Show>
        )}
      </For>
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
