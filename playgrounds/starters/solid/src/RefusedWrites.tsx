import { refused } from '@rowsignal/core'
import { useRefused } from '@rowsignal/solid'
import { For } from 'solid-js'
import { database } from './db'
import { refusedText } from './text'

/** What the server will not take, with its reason. It stays on this device until somebody decides. */
export function RefusedWrites() {
  const writes = useRefused()
  const { retry, discard } = refused(database)
  return (
    <For each={writes()}>
      {(write) => (
        <div class="refused" role="alert">
          <p>
            <strong>{refusedText(write)}</strong> {write.reason}
          </p>
          <button type="button" onClick={() => retry(write.id)}>
            Send again
          </button>
          <button type="button" onClick={() => discard(write.id)}>
            Discard
          </button>
        </div>
      )}
    </For>
  )
}
