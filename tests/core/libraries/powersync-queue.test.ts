/**
 * How PowerSync keeps its upload queue, asked of the SDK alone: an upgrade that changes one of these facts fails here first.
 */
import type { PowerSyncDatabase } from '@powersync/node'
import { expect, onTestFinished, test } from 'vitest'
import {
  assertQueue,
  onQueueChange,
  type QueueChange,
  readOperations,
  readQueueState,
  readTouchedRows,
} from '../../../core/src/libraries/powersync-queue.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import {
  type CheckpointMode,
  connect,
  outboxSchema,
  startEndpoint,
} from '../../support/outbox-client.ts'

const open = () => openDatabase(outboxSchema)

const insert = (database: PowerSyncDatabase, table: string, id: string) =>
  database.execute(`INSERT INTO ${table}(id, title) VALUES (?, 'x')`, [id])

/** What `ps_kv` says of checkpoints: the target and what was applied. */
async function checkpointsOf(database: PowerSyncDatabase) {
  const rows = await database.getAll<{ key: string; value: string }>(
    "SELECT key, CAST(value AS TEXT) AS value FROM ps_kv WHERE key LIKE '%\\_checkpoint\\_%' ESCAPE '\\'",
  )
  const values = new Map(rows.map(({ key, value }) => [key, value]))
  return [
    values.get('target_checkpoint_request_id'),
    values.get('last_applied_checkpoint_request_id'),
  ]
}

const never = String(2n ** 63n - 1n)

const count = async (database: PowerSyncDatabase, table: string) =>
  (await database.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)).n

const stateOf = (database: PowerSyncDatabase) => database.writeLock(readQueueState)

test.each<CheckpointMode>(['legacy', 'requests'])(
  'a write sets a target that nothing reaches, and a checkpoint in the mode %s takes it back with the rows',
  async (mode) => {
    const database = await open()
    const endpoint = await startEndpoint()
    endpoint.holdReplication()
    await insert(database, 'todo_view', 'a')
    expect(await checkpointsOf(database)).toEqual([never, undefined])
    expect([await count(database, 'ps_crud'), await count(database, 'ps_updated_rows')]).toEqual([
      1, 1,
    ])
    await connect(database, endpoint, mode)
    const number = expect.stringMatching(/^\d{1,3}$/) as string
    await eventually(async () => expect(await checkpointsOf(database)).toEqual([number, undefined]))
    expect([await count(database, 'ps_crud'), await count(database, 'ps_updated_rows')]).toEqual([
      0, 1,
    ])
    expect((await stateOf(database)).inStep).toBe(false)
    endpoint.releaseReplication()
    await eventually(async () => expect(await checkpointsOf(database)).toEqual([number, number]))
    expect(new Set(await checkpointsOf(database)).size).toBe(1)
    expect(await count(database, 'ps_updated_rows')).toBe(0)
    expect((await stateOf(database)).inStep).toBe(true)
    await database.disconnect()
    await insert(database, 'todo_view', 'b')
    expect(await checkpointsOf(database)).toEqual([never, undefined])
  },
)

test('`complete` takes operations from the front, and sets the target that nothing reaches', async () => {
  const database = await open()
  await insert(database, 'events', 'e')
  await insert(database, 'todo_view', 'a')
  await (await database.getNextCrudTransaction())?.complete()
  const left = await database.writeLock((lock) => readOperations(lock, 0))
  expect(left).toEqual([{ id: 2, transaction: 2, table: 'todos', key: 'a', op: 'PUT' }])
  expect(await checkpointsOf(database)).toEqual([never, undefined])
  expect(await stateOf(database)).toMatchObject({ first: 2, last: 2, waiting: 1, inStep: false })
})

test('the write of an insert-only table waits in the queue, with no target and no row', async () => {
  const database = await open()
  await insert(database, 'events', 'e')
  expect(await checkpointsOf(database)).toEqual([undefined, undefined])
  expect(await database.writeLock(readTouchedRows)).toEqual([])
  expect(await stateOf(database)).toMatchObject({ first: 1, last: 1, waiting: 1, inStep: false })
  await (await database.getNextCrudTransaction())?.complete()
  expect(await checkpointsOf(database)).toEqual([never, undefined])
  expect((await stateOf(database)).inStep).toBe(false)
})

test('a write to a local-only table, and one that is rolled back, leave the queue as it was', async () => {
  const database = await open()
  const before = await stateOf(database)
  await insert(database, 'drafts', 'd')
  const rolledBack = database.writeTransaction(async (tx) => {
    await tx.execute("INSERT INTO todo_view(id) VALUES ('a')")
    throw new Error('no')
  })
  await expect(rolledBack).rejects.toThrow('no')
  expect(await stateOf(database)).toEqual(before)
  expect(before).toMatchObject({ first: undefined, last: 0, waiting: 0, inStep: true })
})

test('operations of a transaction share its number, and each row waits for the checkpoint once', async () => {
  const database = await open()
  await database.writeTransaction(async (tx) => {
    await tx.execute("INSERT INTO todo_view(id) VALUES ('a'), ('b')")
    await tx.execute("UPDATE todo_view SET title = 'y' WHERE id = 'a'")
  })
  await database.execute("DELETE FROM todo_view WHERE id = 'b'")
  const operations = await database.writeLock((lock) => readOperations(lock, 1))
  expect(operations.map(({ id, transaction, key, op }) => [id, transaction, key, op])).toEqual([
    [2, 1, 'b', 'PUT'],
    [3, 1, 'a', 'PATCH'],
    [4, 2, 'b', 'DELETE'],
  ])
  expect(await database.writeLock(readTouchedRows)).toEqual([
    ['todos', 'a'],
    ['todos', 'b'],
  ])
})

test('a sequence of TEMP tables is not that of the queue', async () => {
  const database = await open()
  await database.writeLock(async (lock) => {
    await lock.execute('CREATE TEMP TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT)')
    await lock.execute('INSERT INTO counted DEFAULT VALUES')
  })
  await insert(database, 'todo_view', 'a')
  await insert(database, 'todo_view', 'b')
  expect(await stateOf(database)).toMatchObject({ last: 2 })
})

test.each([
  ['a clear', {}],
  ['a soft clear', { soft: true }],
  ['a clear that keeps local tables', { clearLocal: false }],
])('%s begins another era, empties the queue, and goes on counting', async (_, options) => {
  const database = await open()
  await insert(database, 'todo_view', 'a')
  const before = await stateOf(database)
  expect(await stateOf(database)).toEqual(before)
  await database.disconnectAndClear(options)
  const after = await stateOf(database)
  expect(after.era).not.toBe(before.era)
  expect(after).toMatchObject({ first: undefined, last: 1, waiting: 0, inStep: true })
  expect(await database.writeLock(readTouchedRows)).toEqual([])
})

test('commits tell of operations and of progress, a clear of progress, and others of nothing', async () => {
  const database = await open()
  const endpoint = await startEndpoint()
  const changes: QueueChange[] = []
  const seen = async (...wanted: QueueChange[]) => {
    await eventually(() => expect(changes).toEqual(wanted))
    changes.length = 0
  }
  onTestFinished(onQueueChange(database, (change) => changes.push(change)))
  await insert(database, 'todo_view', 'before')
  await eventually(() => expect(changes.at(-1)).toBe('operations')) // what the start has done is told too
  changes.length = 0
  await insert(database, 'drafts', 'd')
  await insert(database, 'todo_view', 'a')
  await seen('operations')
  for (const _ of ['before', 'a']) await (await database.getNextCrudTransaction())?.complete()
  await seen('operations', 'operations')
  endpoint.holdReplication()
  await connect(database, endpoint)
  await eventually(async () => expect((await checkpointsOf(database))[0]).toBe('1'))
  await eventually(() => expect(changes).toContain('progress'))
  changes.length = 0
  endpoint.releaseReplication()
  await eventually(async () => expect((await checkpointsOf(database))[1]).toBe('1'))
  await eventually(() => expect(changes).toContain('progress'))
  await database.disconnect()
  await insert(database, 'todo_view', 'b')
  await eventually(() => expect(changes.at(-1)).toBe('operations'))
  changes.length = 0
  await database.disconnectAndClear()
  await seen('progress')
})

test('a queue that is kept otherwise is refused with the version', async () => {
  const database = await open()
  const refusal = () => database.writeLock((lock) => assertQueue(database, lock))
  await refusal()
  await insert(database, 'events', 'e')
  await insert(database, 'todo_view', 'a')
  await refusal()
  const refused = {
    code: 'unsupported-powersync',
    message: expect.stringContaining(database.sdkVersion) as string,
  }
  await database.execute("UPDATE ps_kv SET key = 'elsewhere' WHERE key LIKE 'target%'")
  await expect(refusal()).rejects.toMatchObject(refused)
  await database.execute('ALTER TABLE ps_crud RENAME COLUMN tx_id TO transaction_id')
  await expect(refusal()).rejects.toMatchObject(refused)
})
