import { useOutbox, useSyncStatus } from '@rowsignal/solid'
import { Show } from 'solid-js'
import { connectionText, outboxText } from './text'

export function StatusLine() {
  const status = useSyncStatus()
  const waiting = useOutbox()
  return (
    <div class="status" role="status">
      <strong>{connectionText(status())}</strong>
      <span>{outboxText(waiting())}</span>
      <Show when={status().progress}>
        {(progress) => <progress aria-label="Download" value={progress().fraction} />}
      </Show>
    </div>
  )
}
