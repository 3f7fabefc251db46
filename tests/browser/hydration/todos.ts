/** What both sides import: a module of an app. */
import { type Collection } from '@tanstack/db'
import type { Todo } from '../../support/synced-collection.ts'

export { openSlowTodos, openTodos } from '../../support/synced-collection.ts'
export type Todos = Collection<Todo, string>
