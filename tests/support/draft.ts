import { row } from '@rowsignal/core'
import { createDraft, type Host } from '@rowsignal/core/host'
import { vi } from 'vitest'
import { openTodos } from './synced-collection.ts'

/** A draft of todo `a`, or of what `shown` says, in a host that only counts its triggers. */
export function openDraft() {
  const source = openTodos(['a', 'b'])
  source.todos.startSyncImmediate()
  const triggers = vi.fn()
  const host: Host<undefined> = {
    server: false,
    cell: () => undefined,
    track: (_, now) => now,
    trigger: triggers,
  }
  const shown: { key: string | null | undefined } = { key: 'a' }
  const form = createDraft(
    {
      collection: () => source.todos,
      key: () => shown.key,
      row: () => row(source.todos, shown.key).get(),
    },
    host,
  )
  return { ...source, form, shown, triggers }
}
