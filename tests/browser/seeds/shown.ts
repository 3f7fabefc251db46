/** What the pages of all three frameworks show, and are given. */
import type { KeptSeeds } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/web'
import type { InitialQueryBuilder } from '@tanstack/db'
import type { openTodos } from './page.ts'

export type Todos = ReturnType<typeof openTodos>

export interface Shown {
  readonly database: PowerSyncDatabase
  readonly todos: Todos
  readonly seeds: readonly KeptSeeds[]
  /** How many rows the list shows. */
  readonly limit: number | undefined
}

/** What a framework's file exports. */
export type Mount = (shown: Shown, root: HTMLElement) => void

/** The two of the highest rank, by a query that has a name. */
export const topTwo = (todos: Todos) => ({
  query: (q: InitialQueryBuilder) =>
    q
      .from({ todo: todos })
      .orderBy(({ todo }) => todo.rank, 'desc')
      .limit(2),
  queryKey: ['top'],
})
