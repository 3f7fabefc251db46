/** The row type of a collection, for props and functions that take a row. */
import type { VirtualName } from '../libraries/tanstack.ts'

/**
 * The type of the rows of a collection, or of a live query: its columns, without what TanStack DB adds (`$synced` and
 * the like), so that a plain object is one too.
 *
 * @example
 * type Todo = RowOf<typeof todos>
 * const label = (todo: Todo) => todo.title ?? 'Untitled'
 */
export type RowOf<Rows extends { readonly toArray: readonly object[] }> = Columns<
  Rows['toArray'][number]
>

type Columns<Row> = Row extends infer Same
  ? { [Name in keyof Same as Name extends VirtualName ? never : Name]: Same[Name] }
  : never
