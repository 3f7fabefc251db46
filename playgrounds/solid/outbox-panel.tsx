import { useOutbox, useReadable } from '@rowsignal/solid'
import { For, Show } from 'solid-js'
import { pendingText, uploadProblem } from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function OutboxPanel() {
  const planner = usePlanner()
  const queue = useOutbox()
  const refused = useReadable(planner.refusedChanges)
  const problem = () => uploadProblem(queue())
  return (
    <Show when={problem() !== undefined || refused().length > 0}>
      <section class="outbox" aria-label="Outbox">
        <Show when={problem()}>
          {(why) => (
            <div class="alert">
              <p>
                <strong>{pendingText(queue())}.</strong> {why()}
              </p>
              <button type="button" onClick={() => planner.outbox.retryNow()}>
                Try now
              </button>
            </div>
          )}
        </Show>
        <For each={refused()}>
          {(change) => (
            <div class="alert" role="alert">
              <p>
                <strong>{change.subject} was refused.</strong> {change.reason}
              </p>
              <button type="button" onClick={change.retry}>
                Retry
              </button>
              <button type="button" onClick={change.discard}>
                Discard
              </button>
            </div>
          )}
        </For>
      </section>
    </Show>
  )
}
