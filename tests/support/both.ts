/** Two tables that change together, and what a join over them shows of it. */
import { createPowerSyncCollection } from '@rowsignal/core'
import type { PowerSyncDatabase } from '@powersync/node'
import { createLiveQueryCollection, eq } from '@tanstack/db'
import { openDatabase } from './database.ts'
import { schema } from './todos.ts'

/** A database with a list `l` and its todos `a` and `b`, all `v0`, and a ready collection of each table. */
export async function openBoth() {
  const database = await openDatabase(schema)
  await database.execute("INSERT INTO lists(id, name) VALUES ('l', 'v0')")
  await database.execute(
    "INSERT INTO todos(id, title, list_id) VALUES ('a', 'v0', 'l'), ('b', 'v0', 'l')",
  )
  const todos = createPowerSyncCollection({ database, table: schema.props.todos })
  const lists = createPowerSyncCollection({ database, table: schema.props.lists })
  await Promise.all([todos.preload(), lists.preload()])
  return { database, todos, lists }
}

type Both = Awaited<ReturnType<typeof openBoth>>

/** A live join of both tables, and every state of row `a` that it showed, as `title/name`. */
export async function joinOf({ todos, lists }: Both) {
  const join = createLiveQueryCollection({
    query: (q) =>
      q
        .from({ todo: todos })
        .innerJoin({ list: lists }, ({ todo, list }) => eq(todo.list_id, list.id))
        .select(({ todo, list }) => ({ id: todo.id, title: todo.title, name: list.name })),
  })
  const states: string[] = []
  join.subscribeChanges(() => {
    const row = join.toArray.find((candidate) => candidate.id === 'a')
    const state = `${row?.title}/${row?.name}`
    if (state !== states.at(-1)) states.push(state)
  })
  await join.preload()
  return { join, states }
}

/** One SQLite transaction that brings row `a` and its list to the same value. */
export function setBoth(database: PowerSyncDatabase, value: string): Promise<void> {
  return database.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET title = ? WHERE id = 'a'", [value])
    await tx.execute("UPDATE lists SET name = ? WHERE id = 'l'", [value])
  })
}
