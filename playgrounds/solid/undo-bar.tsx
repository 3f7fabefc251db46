import { useReadable } from '@rowsignal/solid'
import { Show } from 'solid-js'
import { usePlanner } from './planner.ts'

export function UndoBar() {
  const deletion = useReadable(usePlanner().deletions)
  return (
    <div class="undo" aria-live="polite">
      <Show when={deletion()}>
        {(last) => (
          <p>
            {last().subject} is deleted.{' '}
            <button type="button" onClick={() => last().undo()}>
              Undo
            </button>
          </p>
        )}
      </Show>
    </div>
  )
}
