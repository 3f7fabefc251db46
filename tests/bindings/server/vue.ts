import { rows, type Seeds } from '@rowsignal/core'
import { provideSeeds, useDraft, useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/vue'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import type { Todos } from '../contract.ts'

export function render(todos: Todos, seeds: readonly Seeds[] = []): Promise<string> {
  return renderToString(
    createSSRApp({
      async setup() {
        provideSeeds(seeds)
        const all = useRows(todos)
        const first = useRow(todos, 'a')
        const { draft } = useDraft(todos, 'a')
        const plain = useReadable(rows(todos))
        const query = await useLiveQuery((q) => q.from({ todo: todos })) // which keeps no request waiting
        await new Promise((resolve) => setTimeout(resolve)) // another request is rendered meanwhile
        const titles = (): string => all.rows.value.map((row) => row.title).join()
        return () =>
          `${all.status.value}${all.isSeed.value ? ' seed' : ''} ${titles()} ${first.value?.title ?? '-'} ${draft.title ?? '-'} ${plain.value.length} ${query.status.value} ${query.rows.value.length} ${query.collection.value.status}`
      },
    }),
  )
}
