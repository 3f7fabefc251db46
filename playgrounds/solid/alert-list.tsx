import { useReadable } from '@rowsignal/solid'
import { For } from 'solid-js'
import { messageOf } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function AlertList() {
  const { failedWrites } = usePlanner()
  const failed = useReadable(failedWrites)
  return (
    <div class="alerts">
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
