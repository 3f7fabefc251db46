import { createDraft } from '@rowsignal/core/host'
import { vi } from 'vitest'
import { createPlainHost } from './plain-host.ts'
import { openTodos } from './synced-collection.ts'

/** A draft of todo `a`, or of what `shown` says, in a host that only counts its triggers. */
export function openDraft() {
  const source = openTodos(['a', 'b'])
  source.todos.startSyncImmediate()
  const triggers = vi.fn()
  const { host } = createPlainHost(triggers)
  const shown: { key: string | null | undefined } = { key: 'a' }
  const form = createDraft(
    host,
    () => source.todos,
    () => shown.key,
  )
  return { ...source, form, shown, triggers }
}
