/** The live queries of the programs, each with the SQL that says the same. */
import type { PowerSyncCollectionUtils } from '@rowsignal/core'
import { count, createLiveQueryCollection, eq } from '@tanstack/db'
import type { Collection } from '@tanstack/db'
import { Replica, type AnyCollection } from './recorder.ts'
import type { Columns } from './tables.ts'

export interface OpenQuery {
  readonly name: string
  readonly collection: AnyCollection
  readonly replica: Replica
  readonly sql: string
  /** Whether the order of the rows is part of the answer. */
  readonly isOrdered: boolean
  close(): Promise<void>
}

interface Sources {
  readonly lists: AnyCollection
  readonly todos: AnyCollection
  readonly todosAgain: AnyCollection
  readonly places: AnyCollection
}

// The collections of the programs have no static row type: their tables are chosen by the steps.
type Source<Row extends object> = Collection<Row, string>

interface TypedSources {
  readonly lists: Source<{ id: string; name: string }>
  readonly todos: Source<{ id: string; title: string; rank: number; list_id: string }>
  readonly todosAgain: TypedSources['todos']
  readonly places: Source<{ id: string; visits: number; open: boolean }>
}

export function openQueries(sources: Sources, faults: string[]): OpenQuery[] {
  const { lists, todos, todosAgain, places } = sources as unknown as TypedSources
  const options = { startSync: true }

  const join = createLiveQueryCollection({
    ...options,
    id: 'join',
    query: (query) =>
      query
        .from({ todo: todos })
        .innerJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id))
        .select(({ todo, list }) => ({ id: todo.id, title: todo.title, name: list.name })),
  })
  const aggregate = createLiveQueryCollection({
    ...options,
    id: 'aggregate',
    query: (query) =>
      query
        .from({ todo: todosAgain })
        .groupBy(({ todo }) => todo.list_id)
        .select(({ todo }) => ({ list_id: todo.list_id, todos: count(todo.id) })),
  })
  const window = createLiveQueryCollection({
    ...options,
    id: 'window',
    query: (query) =>
      query
        .from({ todo: todos })
        .orderBy(({ todo }) => todo.rank, 'desc')
        .limit(3)
        .select(({ todo }) => ({ id: todo.id, rank: todo.rank })),
  })
  const one = createLiveQueryCollection({
    ...options,
    id: 'one',
    query: (query) =>
      query
        .from({ list: lists })
        .where(({ list }) => eq(list.id, 'r1'))
        .findOne()
        .select(({ list }) => ({ id: list.id, name: list.name })),
  })
  const open = createLiveQueryCollection({
    ...options,
    id: 'open',
    query: (query) =>
      query
        .from({ place: places })
        .where(({ place }) => eq(place.open, true))
        .select(({ place }) => ({ id: place.id, visits: place.visits })),
  })

  return [
    follow(join, {
      sql: 'SELECT todos.id, title, name FROM todos JOIN lists ON todos.list_id = lists.id',
      check: (row) => {
        if (isReady(sources.lists) && isReady(sources.todos)) checkPair(row, faults)
      },
    }),
    follow(aggregate, { sql: 'SELECT list_id, count(*) AS todos FROM todos GROUP BY list_id' }),
    follow(window, {
      sql: 'SELECT id, rank FROM todos ORDER BY rank DESC LIMIT 3',
      isOrdered: true,
    }),
    follow(one, { sql: `SELECT id, name FROM lists WHERE id = 'r1'` }),
    follow(open, { sql: 'SELECT id, visits FROM places WHERE open = 1' }),
  ]
}

function follow(
  query: object,
  options: { sql: string; isOrdered?: boolean; check?: (row: Columns) => void },
): OpenQuery {
  const collection = query as AnyCollection
  const { check } = options
  const replica = new Replica(collection, (rows) => {
    if (check !== undefined) rows.forEach((row) => check(row))
  })
  return {
    name: collection.id,
    collection,
    replica,
    sql: options.sql,
    isOrdered: options.isOrdered ?? false,
    async close() {
      replica.stop()
      await collection.cleanup()
    },
  }
}

/**
 * While a table is being read a join may show some of its rows. And other tables do not wait for one that somebody's
 * transaction has held for over a second.
 */
function isReady({ status, utils }: AnyCollection): boolean {
  return status === 'ready' && !(utils as PowerSyncCollectionUtils).isHeld()
}

/** The list and the todo of a pair are only ever changed together, to one number. */
function checkPair({ id, title, name }: Columns, faults: string[]): void {
  if (!String(id).startsWith('p') || numberOf(title) === numberOf(name)) return
  faults.push(`the join showed half a commit: ${String(title)} with ${String(name)}`)
}

function numberOf(token: unknown): string | undefined {
  return String(token).split('#')[1]
}
