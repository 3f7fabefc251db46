/** What is relied on of PowerSync’s SQLite to store refused operations and to queue them again. */
import { LogLevels } from '@powersync/common'
import { expect, onTestFinished, test } from 'vitest'
import {
  applyOperation,
  queueOperation,
  selectIsOnServer,
  selectMerged,
} from '../../../core/src/libraries/refused-sql.ts'
import { openDatabase } from '../../support/database.ts'
import { eventually } from '../../support/eventually.ts'
import { schema } from '../../support/outbox.ts'
import { SyncEndpoint } from '../../support/sync-endpoint.ts'

test('`powersync_crud` queues an operation as it is given, and marks its row as one that waits for a checkpoint', async () => {
  const database = await openDatabase(schema)
  const data = '{"title":null,"weight":2.0,"done":9007199254740993}'
  await database.writeTransaction(async (tx) => {
    await tx.execute(queueOperation, ['PATCH', 'tracked', 'a', data, '{"title":"old"}', 'why'])
    await tx.execute(queueOperation, ['DELETE', 'todos', 'b', null, null, null])
  })
  const queue = await database.getAll<{ data: string; tx_id: number }>('SELECT * FROM ps_crud')
  expect(JSON.parse(queue[0]!.data)).toMatchObject({
    op: 'PATCH',
    type: 'tracked',
    id: 'a',
    old: { title: 'old' },
    metadata: 'why',
  })
  expect(queue[0]!.data).toContain(data)
  expect(JSON.parse(queue[1]!.data)).toEqual({ op: 'DELETE', type: 'todos', id: 'b' })
  expect(queue[0]!.tx_id).toBe(queue[1]!.tx_id)
  expect(await database.getAll('SELECT * FROM ps_updated_rows ORDER BY row_type')).toEqual([
    { row_type: 'todos', row_id: 'b' },
    { row_type: 'tracked', row_id: 'a' },
  ])
})

test('a row that is written past its view is shown by it, and queues nothing', async () => {
  const database = await openDatabase(schema)
  const todos = () => database.getAll('SELECT * FROM todos')
  await database.execute(applyOperation('PUT', 'ps_data__todos'), ['a', '{"title":"one"}'])
  expect(await todos()).toEqual([{ id: 'a', title: 'one', done: null, weight: null }])
  await database.execute(applyOperation('PATCH', 'ps_data__todos'), [
    'a',
    '{"done":1,"title":null}',
  ])
  expect(await todos()).toEqual([{ id: 'a', title: null, done: 1, weight: null }])
  await database.execute(applyOperation('DELETE', 'ps_data__todos'), ['a'])
  expect(await todos()).toEqual([])
  expect(await database.getAll('SELECT * FROM ps_crud')).toEqual([])
})

test.each([
  ['{"a":1,"b":2}', '{"b":null,"c":"x"}', '{"a":1,"b":null,"c":"x"}'],
  [null, '{"a":"\\"ü\\n"}', '{"a":"\\"ü\\n"}'],
  ['{"a":2.0,"b":9007199254740993}', '{}', '{"a":2.0,"b":9007199254740993}'],
])(
  '%j and %j are merged, a null too, and numbers stay what they are',
  async (first, second, both) => {
    const database = await openDatabase(schema)
    expect(await database.get(selectMerged, [first, second])).toEqual({ data: both })
  },
)

test('`ps_oplog` has the rows of the server as they were downloaded last, also before they are shown, and none that it removed', async () => {
  const endpoint = new SyncEndpoint()
  await endpoint.start()
  onTestFinished(() => endpoint.stop())
  const database = await openDatabase(schema, { logLevel: LogLevels.error })
  await database.execute("INSERT INTO todos (id, title) VALUES ('mine', 'mine')")
  const { fetchCredentials } = endpoint.connector()
  await database.connect({
    fetchCredentials,
    uploadData: async () => {
      throw new Error('held')
    },
  })
  const isOnServer = async (id: string) =>
    (await database.get<{ found: number }>(selectIsOnServer, ['todos', id])).found
  endpoint.change({ type: 'todos', id: 'theirs', data: { title: 'theirs' } })
  await eventually(async () => expect(await isOnServer('theirs')).toBe(1))
  expect(await database.getAll('SELECT id FROM todos')).toEqual([{ id: 'mine' }])
  expect(await isOnServer('mine')).toBe(0)
  endpoint.change({ type: 'todos', id: 'theirs', data: null })
  await eventually(async () => expect(await isOnServer('theirs')).toBe(0))
})

test('`powersync_client_id()` is the id that the SDK tells', async () => {
  const database = await openDatabase(schema)
  const { id } = await database.get<{ id: string }>('SELECT powersync_client_id() AS id')
  expect(id).toBe(await database.getClientId())
})
