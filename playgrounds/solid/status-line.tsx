import { useOutbox, useReadable, useSyncStatus } from '@rowsignal/solid'
import { Show } from 'solid-js'
import {
  connectionOf,
  connectionText,
  lastSyncText,
  pendingText,
  progressText,
} from '../app/text.ts'
import { usePlanner } from './planner.ts'

export function StatusLine() {
  const planner = usePlanner()
  const sync = useSyncStatus()
  const isOffline = useReadable(planner.offline)
  const queue = useOutbox()
  const connection = () => connectionOf(sync(), isOffline())
  return (
    <div class="status" role="status" data-state={connection()}>
      <strong>{connectionText[connection()]}</strong>
      <span>{lastSyncText(sync().lastSyncedAt)}</span>
      <span classList={{ waiting: queue().operations > 0 }}>{pendingText(queue())}</span>
      <Show when={sync().progress}>
        {(progress) => (
          <span class="download">
            <progress aria-label="Download" value={progress().fraction} />
            <span>{progressText(progress())}</span>
          </span>
        )}
      </Show>
    </div>
  )
}
