import {
  SeedProvider,
  suspend,
  useDraft,
  useLiveInfiniteQuery,
  useLiveQuery,
  useLiveQueryEffect,
  usePages,
  useRow,
  useRows,
  useSyncStatus,
} from '@rowsignal/solid'
import { gt, type InitialQueryBuilder } from '@tanstack/db'
import { createComponent, createMemo, createSignal, Suspense } from 'solid-js'
import { mountSolid, solidNode } from '../mount-solid.ts'
import { testLeaks } from './suite.ts'

testLeaks({
  box(value) {
    const [read, write] = createSignal(value)
    return {
      get value() {
        return read()
      },
      set value(next) {
        write(() => next)
      },
    }
  },
  flush: () => Promise.resolve(),

  mountAll: ({ todos, database, seeds, keepAliveMs }) => {
    const All = () => {
      const rows = useRows(todos)
      const row = useRow(todos, 'b')
      const ranked = useLiveQuery({
        query: (q) => q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, 1)),
        queryKey: ['ranked'],
        keepAliveMs,
      })
      const pages = usePages(
        { query: (q) => q.from({ todo: todos }).orderBy(({ todo }) => todo.rank), keepAliveMs },
        { pageRows: 2 },
      )
      useLiveQueryEffect({
        query: (q) => q.from({ todo: todos }),
        onUpdate: ({ key }) => void todos.get(String(key)),
      })
      const { changed } = useDraft(todos, 'a')
      const status = useSyncStatus(database)
      return solidNode('p', () => [
        `${rows.size} ${rows()[0]?.title} ${row()?.title} ${ranked().length} ${pages().length}`,
        ` ${pages.hasMore} ${changed() ? 'changed' : 'same'} ${status().connected ? 'online' : 'offline'}`,
      ])
    }
    return mountSolid(() =>
      createComponent(SeedProvider, {
        seeds: seeds(),
        get children() {
          return createComponent(All, {})
        },
      }),
    )
  },

  mountControl: (text) =>
    mountSolid(() => {
      const [title] = createSignal(text)
      const [size] = createSignal(3)
      const shown = createMemo(() => `${size()} ${title()}`)
      return solidNode('p', shown)
    }),

  mountWaiting: (todos) =>
    mountSolid(() =>
      createComponent(Suspense, {
        get fallback() {
          return solidNode('p', () => 'pending')
        },
        get children() {
          const all = suspend(useRows(todos))
          return solidNode('p', () => all().length)
        },
      }),
    ),

  mountAgain: ({ todos, version }) =>
    mountSolid(() => {
      const text = createMemo(() => {
        if (version.value < 0) return undefined
        const rows = useRows(todos)
        const row = useRow(todos, 'a')
        const { draft } = useDraft(todos, 'a')
        const infinite = useLiveInfiniteQuery(
          (q: InitialQueryBuilder) => q.from({ todo: todos }).orderBy(({ todo }) => todo.rank),
          { pageSize: 2 },
        )
        return `${rows.size} ${row()?.title} ${draft.title} ${infinite().length}`
      })
      return solidNode('p', text)
    }),
})
