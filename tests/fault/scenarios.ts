/** What is under way when a call fails. */
import { transact } from '@rowsignal/core'
import type { Transaction } from '@tanstack/db'
import { createLiveQueryCollection, lte } from '@tanstack/db'
import { expect } from 'vitest'
import { eventually } from '../support/eventually.ts'
import { type Demand, fill, type Operation, settle, type World } from './world.ts'

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
    after: (call) => call === 'SELECT 0 AS', // the records
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
  {
    name: 'first demand',
    calls: 12,
    prepare: nothing,
    async run(world) {
      await ended(ask(world, 't1'))
      await Promise.all([ready(world.lists), ready(world.todos)])
    },
  },
  {
    name: 'first demand beside one that goes',
    calls: 12,
    prepare: nothing,
    async run(world) {
      const other = ask(world, 't5')
      const one = ask(world, 't1')
      await give(world, other)
      await ended(one)
      await Promise.all([ready(world.lists), ready(world.todos)])
    },
  },
  {
    name: 'second demand, and a write of others meanwhile',
    calls: 8,
    async prepare(world) {
      await Promise.all([world.lists.preload(), world.todos.preload()])
      await ask(world, 't1').done
    },
    async run(world) {
      const written = writeOutside(world)
      await ended(ask(world, 't3'))
      await written
    },
  },
  {
    name: 'demand in chunks',
    calls: 12,
    async prepare(world) {
      await Promise.all([world.lists.preload(), world.todos.preload()])
      await ask(world, 't0').done
    },
    async run(world) {
      await ended(ask(world, 't6'))
    },
  },
  {
    name: 'the last demand goes',
    calls: 4,
    async prepare(world) {
      await ask(world, 't6').done
    },
    async run(world) {
      await give(world, world.demands[0])
      await eventually(() => expect(world.asked.size).toBe(0))
      await Promise.all([ready(world.lists), ready(world.todos)])
    },
  },
  {
    name: 'large commit with demands',
    calls: 4,
    async prepare(world) {
      await Promise.all([world.lists.preload(), world.todos.preload()])
      await ask(world, 't2').done
      await ask(world, 't4').done
    },
    async run({ real }) {
      await real.writeTransaction(async (tx) => {
        await tx.execute("UPDATE todos SET title = 'theirs' WHERE id = 't0'")
        await tx.execute("DELETE FROM todos WHERE id = 't1'")
        await tx.execute(
          "INSERT INTO todos(id, title) SELECT 'u' || key, 'many' FROM json_each(?)",
          [JSON.stringify(Array.from({ length: 120 }, () => 0))],
        )
        await tx.execute("INSERT INTO todos(id, title) VALUES ('s', 'wanted')")
        await tx.execute('DELETE FROM ps_crud') // as a download
      })
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

/** Asks for the todos up to this one. */
function ask({ asked, demands }: World, last: string): Demand {
  const query = createLiveQueryCollection({
    query: (q) => q.from({ todo: asked }).where(({ todo }) => lte(todo.id, last)),
    gcTime: 1,
  })
  const subscription = query.subscribeChanges(() => undefined)
  const demand: Demand = {
    ids: () => (query.status === 'error' ? undefined : query.toArray.map(({ id }) => id)),
    done: query.preload(),
    where: `id <= '${last}'`,
    async close() {
      subscription.unsubscribe()
      await query.cleanup()
    },
  }
  demand.done.catch(() => undefined) // looked at later
  demands.push(demand)
  return demand
}

async function give({ demands }: World, demand: Demand | undefined): Promise<void> {
  if (demand === undefined) return
  demands.splice(demands.indexOf(demand), 1)
  await demand.close()
}

async function ended({ done }: Demand): Promise<void> {
  await done.catch(() => undefined)
}

async function nothing(): Promise<void> {}

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
