import { useRows } from '@rowsignal/solid'
import { For } from 'solid-js'
import { usePlanner } from './planner.ts'

export function AlertList() {
  const { refusals } = usePlanner()
  const rows = useRows(refusals)
  return (
    <div class="alerts">
      <For each={rows()}>
        {(refusal) => (
          <div class="alert" role="alert">
            <p>
              <strong>{refusal.subject} was refused.</strong> {refusal.reason}
            </p>
            <button type="button" onClick={() => refusals.delete(refusal.id)}>
              Dismiss
            </button>
          </div>
        )}
      </For>
    </div>
  )
}
