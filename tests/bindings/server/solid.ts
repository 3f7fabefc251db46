import { rows } from '@rowsignal/core'
import { useDraft, useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/solid'
import { renderToString } from 'solid-js/web'
import type { Todos } from '../contract.ts'

export function render(todos: Todos): string {
  return renderToString(() => {
    const all = useRows(todos)
    const first = useRow(todos, 'a')
    const { draft } = useDraft(todos, 'a')
    const plain = useReadable(rows(todos))
    const query = useLiveQuery((q) => q.from({ todo: todos }))
    const titles = all().map((row) => row.title)
    return `${all.status} ${titles.join()} ${first()?.title ?? '-'} ${draft.title ?? '-'} ${plain().length} ${query.status} ${query.rows.length} ${query.collection.status}`
  })
}
