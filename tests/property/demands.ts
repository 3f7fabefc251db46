/** Live queries over collections that hold what is asked for, as steps open and close them, each with the SQL that says the same. */
import { createLiveQueryCollection, eq, gt, inArray, like, lt } from '@tanstack/db'
import type { Collection, InitialQueryBuilder } from '@tanstack/db'
import type { OnDemandName } from './program.ts'
import { plain, Replica, type AnyCollection } from './recorder.ts'
import type { Columns } from './tables.ts'

/** What a query asks for. `digit` is the last one of the number of a token, which each write changes. */
export type Shape =
  | { readonly by: 'list'; readonly row: number }
  | { readonly by: 'lists'; readonly rows: readonly number[] }
  | { readonly by: 'digit'; readonly digit: number }
  | { readonly by: 'above' | 'below'; readonly number: number }
  | {
      readonly by: 'first' | 'last'
      readonly limit: number
      /** Undefined: of all rows. */
      readonly above: number | undefined
    }
  | { readonly by: 'join'; readonly side: 'left' | 'inner' }

export interface Demanded {
  readonly name: string
  readonly on: OnDemandName
  readonly collection: AnyCollection
  readonly isWindow: boolean
  /** Its rows as SQLite has them now. */
  readonly sql: () => string
  /** The todos that it wants, in SQL. */
  readonly wanted: () => string
  /** Takes all todos that may be in the collection for it. */
  readonly superset: string
  readonly replica: Replica
  /** Moves a window; nothing for another query. */
  page(window: { offset: number; limit: number }): void
  close(): Promise<void>
}

interface Sources {
  readonly on: OnDemandName
  readonly collection: AnyCollection
  readonly lists: AnyCollection
}

type Todos = Collection<{ id: string; title: string; rank: number; list_id: string }, string>
type Lists = Collection<{ id: string; name: string }, string>

let opened = 0

export function openDemand(sources: Sources, shape: Shape): Demanded {
  const todos = sources.collection as unknown as Todos
  const lists = sources.lists as unknown as Lists
  const { query, where } = queryOf(shape, { todos, lists })
  const live = createLiveQueryCollection({
    id: `demand ${opened++} on ${sources.on} ${JSON.stringify(shape)}`,
    query: query as never,
    gcTime: 1,
    startSync: true,
  })
  const collection = live as unknown as AnyCollection
  const replica = new Replica(collection, () => undefined)
  const isWindow = shape.by === 'first' || shape.by === 'last'
  let order = ''
  if (isWindow) order = `ORDER BY rank ${shape.by === 'last' ? 'DESC ' : ''}LIMIT ${shape.limit}`
  return {
    name: collection.id,
    on: sources.on,
    collection,
    isWindow,
    replica,
    // What TanStack DB asks for a join depends on which side has fewer rows, and has had: all of it, or those of lists gone since.
    superset: shape.by === 'join' ? 'TRUE' : where,
    wanted: () => `SELECT * FROM todos WHERE ${where} ${order}`,
    sql: () =>
      shape.by === 'join'
        ? `SELECT lists.id, lists.name, todos.title FROM lists ${shape.side} JOIN todos ON lists.id = todos.list_id`
        : `SELECT * FROM todos WHERE ${where} ${order}`,
    page({ offset, limit }) {
      if (!isWindow) return
      order = `ORDER BY rank ${shape.by === 'last' ? 'DESC ' : ''}LIMIT ${limit} OFFSET ${offset}`
      const moved = (live as unknown as { utils: Pages }).utils.setWindow({ offset, limit })
      if (moved !== true) moved.catch(() => undefined) // told by the status
    },
    async close() {
      replica.stop()
      await collection.cleanup()
    },
  }
}

interface Pages {
  setWindow(window: { offset: number; limit: number }): true | Promise<void>
}

const ids = (rows: readonly number[]): string[] => rows.map((row) => `r${row}`)

function queryOf(shape: Shape, { todos, lists }: { todos: Todos; lists: Lists }) {
  const made = (where: string, query: unknown) => ({ where, query })
  const build = (query: (builder: InitialQueryBuilder) => unknown): unknown => query
  switch (shape.by) {
    case 'list':
      return made(
        `list_id = 'r${shape.row}'`,
        build((q) =>
          q.from({ todo: todos }).where(({ todo }) => eq(todo.list_id, `r${shape.row}`)),
        ),
      )
    case 'lists':
      return made(
        `list_id IN (${ids(shape.rows)
          .map((id) => `'${id}'`)
          .join()})`,
        build((q) =>
          q.from({ todo: todos }).where(({ todo }) => inArray(todo.list_id, ids(shape.rows))),
        ),
      )
    case 'digit':
      return made(
        `title LIKE '%${shape.digit}'`,
        build((q) =>
          q.from({ todo: todos }).where(({ todo }) => like(todo.title, `%${shape.digit}`)),
        ),
      )
    case 'above':
      return made(
        `rank > ${shape.number}`,
        build((q) => q.from({ todo: todos }).where(({ todo }) => gt(todo.rank, shape.number))),
      )
    case 'below':
      return made(
        `rank < ${shape.number}`,
        build((q) => q.from({ todo: todos }).where(({ todo }) => lt(todo.rank, shape.number))),
      )
    case 'first':
    case 'last': {
      const { limit, above } = shape
      const direction = shape.by === 'last' ? 'desc' : 'asc'
      return made(
        above === undefined ? 'TRUE' : `rank > ${above}`,
        build((q) => {
          const from = q.from({ todo: todos })
          const which = above === undefined ? from : from.where(({ todo }) => gt(todo.rank, above))
          return which.orderBy(({ todo }) => todo.rank, direction).limit(limit)
        }),
      )
    }
    case 'join':
      return made(
        'list_id IN (SELECT id FROM lists)',
        build((q) =>
          q
            .from({ list: lists })
            .join({ todo: todos }, ({ list, todo }) => eq(list.id, todo.list_id), shape.side)
            .select(({ list, todo }) => ({ id: list.id, name: list.name, title: todo?.title })),
        ),
      )
  }
}

/** The rows of a query as SQL gives them. */
export function rowsOf({ collection }: Demanded): Columns[] {
  return collection.toArray.map((row) =>
    Object.fromEntries(Object.entries(plain(row)).map(([name, value]) => [name, value ?? null])),
  )
}
