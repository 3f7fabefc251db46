/** What both sides import: a module of an app. */
import { dehydrate, rehydrate, seed, type Seeds } from '@rowsignal/core'
import { type Collection } from '@tanstack/db'
import { todo, type Todo } from '../../support/synced-collection.ts'

export { openSlowTodos, openTodos } from '../../support/synced-collection.ts'
export type Todos = Collection<Todo, string>

export interface Page {
  readonly todos: Todos
  readonly seeds: readonly Seeds[]
  readonly target: Element
}

/** What the server has read, as it stands in its page. */
export function carry(ids: readonly string[]): string {
  return dehydrate(ids.map((id) => todo(id, { note: '</script>' })))
}

export function seedsOf(todos: Todos, carried: string): readonly Seeds[] {
  const rows = rehydrate(carried) as Todo[]
  return rows.length === 0 ? [] : [seed(todos, rows), seed(['all'], rows)]
}
