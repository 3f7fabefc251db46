import { useReadable, useRows } from '@rowsignal/solid'
import { For } from 'solid-js'
import { messageOf } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function AlertList() {
  const { refusals, failedWrites } = usePlanner()
  const rows = useRows(refusals)
  const failed = useReadable(failedWrites)
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
      <For each={failed()}>
        {(write) => (
          <div class="alert" role="alert">
            <p>
              <strong>Not saved on this device.</strong> {messageOf(write.error)}
            </p>
            <button type="button" onClick={write.dismiss}>
              Dismiss
            </button>
          </div>
        )}
      </For>
    </div>
  )
}
