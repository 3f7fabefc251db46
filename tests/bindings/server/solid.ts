import { rows, type Seeds } from '@rowsignal/core'
import {
  SeedProvider,
  useDraft,
  useLiveQuery,
  useReadable,
  useRow,
  useRows,
} from '@rowsignal/solid'
import { createComponent, type JSX } from 'solid-js'
import { renderToString } from 'solid-js/web'
import type { Todos } from '../contract.ts'

function Page({ todos }: { readonly todos: Todos }): JSX.Element {
  const all = useRows(todos)
  const first = useRow(todos, 'a')
  const { draft } = useDraft(todos, 'a')
  const plain = useReadable(rows(todos))
  const query = useLiveQuery((q) => q.from({ todo: todos }))
  const titles = all().map((row) => row.title)
  return `${all.status}${all.isSeed ? ' seed' : ''} ${titles.join()} ${first()?.title ?? '-'} ${draft.title ?? '-'} ${plain().length} ${query.status} ${query.rows.length} ${query.collection.status}`
}

export function render(todos: Todos, seeds: readonly Seeds[] = []): string {
  return renderToString(() =>
    createComponent(SeedProvider, {
      seeds,
      get children() {
        return createComponent(Page, { todos })
      },
    }),
  )
}
