import * as fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Queue, queueOf } from '../../../core/src/outbox/queue.ts'
import { eventually } from '../../support/eventually.ts'
import { openOffline } from '../../support/outbox-client.ts'

type Client = Awaited<ReturnType<typeof openOffline>>

/** What is known of the queue and of the rows of a table. */
function known({ rows, state }: Queue) {
  const states = [...rows.keysOf('todos')].map((key) => [key, rows.stateOf('todos', key)])
  return {
    operations: [...rows.operations.keys()],
    transactions: rows.transactions,
    inStep: state?.inStep,
    rows: Object.fromEntries(states),
  }
}

/** The same, asked of SQLite as a whole. */
async function actual({ database }: Client) {
  const crud = await database.getAll<{ id: number; tx_id: number; type: string; key: string }>(
    "SELECT id, tx_id, data->>'type' AS type, data->>'id' AS key FROM ps_crud ORDER BY id",
  )
  const touched = await database.getAll<{ row_id: string }>(
    "SELECT row_id FROM ps_updated_rows WHERE row_type = 'todos'",
  )
  const waiting = await database.getAll("SELECT 1 FROM ps_kv WHERE key LIKE 'target%'")
  const queued = crud.filter(({ type }) => type === 'todos').map(({ key }) => [key, 'queued'])
  const uploaded = touched.map(({ row_id }) => [row_id, 'uploaded'])
  return {
    operations: crud.map(({ id }) => id),
    transactions: new Set(crud.map(({ tx_id }) => tx_id)).size,
    inStep: crud.length === 0 && waiting.length === 0,
    rows: Object.fromEntries([...uploaded, ...queued] as [string, string][]),
  }
}

const steps = {
  insert: ({ todos }, key) => {
    if (!todos.has(key)) todos.insert({ id: key, title: 'ours' })
  },
  update: ({ todos }, key) => {
    if (todos.has(key)) todos.update(key, (draft) => void (draft.done = (draft.done ?? 0) + 1))
  },
  remove: ({ todos }, key) => {
    if (todos.has(key)) todos.delete(key)
  },
  sql: ({ database }, key) =>
    database.writeTransaction(async (tx) => {
      await tx.execute('INSERT OR REPLACE INTO todo_view(id, title) VALUES (?, ?)', [key, 'by SQL'])
      await tx.execute("INSERT INTO events(id) VALUES ('e')")
    }),
  local: ({ database }, key) =>
    database.execute('INSERT OR REPLACE INTO drafts(id) VALUES (?)', [key]),
  uploaded: async ({ database }) => (await database.getNextCrudTransaction())?.complete(),
  batchUploaded: async ({ database }) => (await database.getCrudBatch(3))?.complete(),
  // Written and uploaded before anybody could see it in the queue.
  unseen: async ({ database }, key) => {
    await database.execute('INSERT OR REPLACE INTO todo_view(id) VALUES (?)', [key])
    await database.execute('DELETE FROM ps_crud WHERE id > 0')
  },
  taken: ({ database }, key) =>
    database.execute("DELETE FROM ps_crud WHERE data->>'id' = ?", [key]),
  clear: ({ database }) => database.disconnectAndClear(),
} satisfies Record<string, (client: Client, key: string) => unknown>

const step = fc.record({
  kind: fc.constantFrom(...(Object.keys(steps) as (keyof typeof steps)[])),
  key: fc.constantFrom('a', 'b', 'c', 'd'),
  /** Whether what is known is looked at before the next one. */
  isSeen: fc.boolean(),
})

test('whatever is done to the queue, what is known of it becomes what SQLite has', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (program) => {
      const client = await openOffline()
      const queue = queueOf(client.database)
      const leave = queue.use()
      const isRight = () =>
        eventually(async () => expect(known(queue)).toEqual(await actual(client)))
      for (const { kind, key, isSeen } of program) {
        await steps[kind](client, key)
        if (isSeen) await isRight()
      }
      await isRight()
      leave()
      await client.database.close()
    }),
    { numRuns: 25, endOnFailure: true },
  )
})

test('who comes later finds the queue as it is, and who is the last to go leaves nothing', async () => {
  const client = await openOffline()
  const { database, todos } = client
  await todos.insert({ id: 'a' }).isPersisted.promise
  const queue = queueOf(database)
  const leave = queue.use()
  await eventually(async () => expect(known(queue)).toEqual(await actual(client)))
  const leaveToo = queue.use()
  leave()
  await todos.insert({ id: 'b' }).isPersisted.promise
  await eventually(async () => expect(known(queue)).toEqual(await actual(client)))
  leaveToo()
  expect(queue.state).toBeUndefined()
  expect(known(queue)).toMatchObject({ operations: [], rows: {} })
  onTestFinished(queue.use())
  await eventually(async () => expect(known(queue)).toEqual(await actual(client)))
})

test('who goes while the queue is read leaves nothing, and who comes then finds it as it is', async () => {
  const client = await openOffline()
  const { database, todos } = client
  for (const id of ['a', 'b']) await todos.insert({ id }).isPersisted.promise
  const queue = queueOf(database)
  queue.use()()
  await database.writeLock(() => Promise.resolve()) // behind the reading
  expect(known(queue)).toEqual({ operations: [], transactions: 0, inStep: undefined, rows: {} })
  queue.use()()
  const leave = queue.use() // before that reading has begun
  await eventually(() => expect(queue.rows.operations.size).toBe(2))
  const seen: unknown[] = []
  await todos.insert({ id: 'c' }).isPersisted.promise
  leave()
  onTestFinished(queue.use())
  onTestFinished(queue.listen(() => seen.push([...queue.rows.operations.keys()])))
  await eventually(() => expect(seen.at(-1)).toEqual([1, 2, 3]))
  expect(seen.filter((operations) => (operations as number[]).length !== 3)).toEqual([])
})
