import { useDraft, useLiveQuery, useRow, useRows } from '@rowsignal/svelte'
import { gt } from '@tanstack/db'
import type { Todos } from '../contract.ts'

/** The state of a `.svelte.ts` module: made once, outside of every component, and read by any. */
export function createShared(todos: Todos) {
  let key = $state('a')
  const list = useRows(todos)
  const selected = useRow(todos, () => key)
  const form = useDraft(todos, () => key)
  const ranked = useLiveQuery((q) => q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, 4)))
  const titles = $derived(list.rows.map((row) => row.title).join())
  const text = () =>
    `${titles}; ${selected.current?.title}; ${form.draft.title}; ${ranked.rows.length}`
  return {
    form,
    select: (next: string) => void (key = next),
    text,
    /** What a component that shows the text does. */
    follow: (log: (text: string) => void) =>
      $effect.root(() => {
        $effect(() => log(text()))
      }),
  }
}
