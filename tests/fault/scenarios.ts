/** What is under way when a call fails. */
import { transact } from '@rowsignal/core'
import type { Transaction } from '@tanstack/db'
import { fill, type Operation, settle, type World } from './world.ts'

export interface Scenario {
  readonly name: string
  /** The calls that it makes at least; fewer would mean that something is no longer tried. */
  readonly calls: number
  /** Brought about before calls are counted. Default: both collections are ready. */
  prepare?(world: World): Promise<void>
  /** Never rejects: how the writes end is in `world.writes`. */
  run(world: World): Promise<void>
  /** Calls are counted from after this one, which has lost its answer. */
  readonly after?: (call: string) => boolean
}

export const scenarios: readonly Scenario[] = [
  {
    name: 'first read',
    calls: 30,
    async prepare({ lists }) {
      await lists.preload()
    },
    async run(world) {
      // After the first chunk, so that both get the lock before the next.
      const written = atFirstChange(world.todos, () => {
        insert(world)
        return writeOutside(world)
      })
      await ready(world.todos)
      await written()
    },
  },
  {
    name: 'first read of another table',
    calls: 18,
    async prepare({ todos }) {
      await todos.preload()
    },
    async run(world) {
      const written = atFirstChange(world.lists, () => writeOutside(world))
      await ready(world.lists)
      await written()
    },
  },
  {
    name: 'own write',
    calls: 10,
    async run(world) {
      insert(world)
    },
  },
  {
    name: 'transact over two collections',
    calls: 12,
    async run(world) {
      const { lists, todos } = world
      const transaction = transact(() => {
        lists.insert({ id: 'new', name: 'new' })
        todos.update('t1', (draft) => {
          draft.title = 'changed'
        })
        todos.delete('t2')
      })
      follow(world, transaction, [
        { op: 'PUT', type: 'lists', id: 'new' },
        { op: 'PATCH', type: 'todos', id: 't1' },
        { op: 'DELETE', type: 'todos', id: 't2' },
      ])
    },
  },
  {
    name: 'own write behind another',
    calls: 12,
    async run(world) {
      const others = writeOutside(world)
      insert(world)
      await others
    },
  },
  {
    name: 'drain of an outside write',
    calls: 5,
    run: writeOutside,
  },
  {
    name: 'read after a lost drain',
    calls: 18,
    after: (call) => call.startsWith('DELETE FROM "rowsignal_'),
    run: writeOutside,
  },
  {
    name: 'clean-up and restart',
    calls: 24,
    async run({ todos }) {
      await todos.cleanup()
      await ready(todos)
    },
  },
]

/** Rows in the tables, the collections as the scenario wants them, and nothing under way. */
export async function prepare(scenario: Scenario, world: World): Promise<void> {
  await fill(world)
  if (scenario.prepare !== undefined) await scenario.prepare(world)
  else await Promise.all([world.lists.preload(), world.todos.preload()])
  await settle(world)
}

/** Writes at the first change of a collection; returns how to wait for that, if there was a change. */
function atFirstChange(
  collection: { subscribeChanges(listener: () => void): unknown },
  write: () => Promise<void>,
): () => Promise<void> {
  let written: Promise<void> | undefined
  let due = true
  collection.subscribeChanges(() => {
    if (!due) return
    due = false
    written = write()
  })
  return async () => {
    due = false
    await written
  }
}

/** Ready, or in error. */
async function ready(collection: { preload(): Promise<void> }): Promise<void> {
  await collection.preload().catch(() => undefined)
}

function follow(
  { writes }: World,
  { isPersisted }: Transaction,
  operations: readonly Operation[],
): void {
  isPersisted.promise.catch(() => undefined) // looked at later
  writes.push({ operations, done: isPersisted.promise })
}

function insert(world: World): void {
  const transaction = world.todos.insert({ id: 'mine', title: 'mine' })
  follow(world, transaction, [{ op: 'PUT', type: 'todos', id: 'mine' }])
}

/** Both tables in one transaction, and a row of each kind of change. */
async function writeOutside({ real }: World): Promise<void> {
  await real.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET title = 'theirs' WHERE id = 't0'")
    await tx.execute("DELETE FROM todos WHERE id = 't6'")
    await tx.execute("INSERT INTO todos(id, title) VALUES ('theirs', 'theirs')")
    await tx.execute("UPDATE lists SET name = 'theirs' WHERE id = 'l1'")
    await tx.execute("DELETE FROM ps_crud WHERE data LIKE '%theirs%' OR data LIKE '%t6%'") // as a download
  })
}
