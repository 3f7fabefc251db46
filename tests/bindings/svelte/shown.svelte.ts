import { rows } from '@rowsignal/core'
import { useDraft, useLiveQuery, useReadable, useRow, useRows } from '@rowsignal/svelte'
import { eq } from '@tanstack/db'
import type { Todos } from '../contract.ts'

/** A way to show one row, called while a component is made. */
export type Show = (todos: Todos) => () => { readonly title: string } | undefined

/** Every way to have the row `a`, undefined when it is gone. */
export const ways: Record<string, Show> = {
  useRow: (todos) => {
    const row = useRow(todos, 'a')
    return () => row.current
  },
  'useReadable of rows': (todos) => {
    const all = useReadable(rows(todos))
    return () => all.current[0]
  },
  'rows[0] of useRows': (todos) => {
    const all = useRows(todos)
    return () => all.rows[0]
  },
  'data[0] of useRows': (todos) => {
    const all = useRows(todos)
    return () => all.data[0]
  },
  'data[0] of a window': (todos) => {
    const part = useRows(todos, { limit: 1 })
    return () => part.data[0]
  },
  'a row by its number': (todos) => {
    const all = useRows(todos)
    return () => (all.size > 0 ? all.rows[all.size - 1] : undefined)
  },
  'data of findOne': (todos) => {
    const one = useLiveQuery({ query: (q) => q.from({ todo: todos }).findOne(), keepAliveMs: 0 })
    return () => one.data
  },
  'rows[0] of a query': (todos) => {
    const query = useLiveQuery({
      query: (q) => q.from({ todo: todos }).where(({ todo }) => eq(todo.id, 'a')),
      keepAliveMs: 0,
    })
    return () => query.rows[0]
  },
  'state of a query': (todos) => {
    const query = useLiveQuery({ query: (q) => q.from({ todo: todos }), keepAliveMs: 0 })
    return () => query.state.get('a')
  },
  'a draft': (todos) => {
    const { draft } = useDraft(todos, 'a')
    return () => (draft.title === undefined ? undefined : { title: draft.title })
  },
}

/** Ways to have the row whose key is shown, where the row and the key go together. */
export const selected: Record<string, (todos: Todos, key: () => string) => ReturnType<Show>> = {
  useRow: (todos, key) => {
    const row = useRow(todos, key)
    return () => row.current
  },
  useDraft: (todos, key) => {
    const { draft } = useDraft(todos, key)
    return () => (draft.title === undefined ? undefined : { title: draft.title })
  },
  useLiveQuery: (todos, key) => {
    const one = useLiveQuery((q) =>
      q
        .from({ todo: todos })
        .where(({ todo }) => eq(todo.id, key()))
        .findOne(),
    )
    return () => one.data
  },
}

/** Ways to have a row only while its note is not empty, with the note as its title. */
export const noted: Record<string, Show> = {
  'a live row': (todos) => {
    const all = useRows(todos)
    return () => {
      const row = all.rows[0]
      return row?.note ? { title: row.note } : undefined
    }
  },
  'a plain row': (todos) => {
    const row = useRow(todos, 'a')
    return () => (row.current?.note ? { title: row.current.note } : undefined)
  },
}
