import {
  type Outbox,
  openOutbox,
  queued,
  storedRefused,
  untilUploaded,
} from '../../support/outbox.ts'
import { isRowsignalError, refuse, refused, type RefusedWrite } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'

const insert = 'INSERT INTO todos (id, title) VALUES (?, ?)'

/** The refused writes, followed. */
function follow({ database }: Outbox) {
  const writes = refused(database)
  onTestFinished(writes.listen(() => undefined))
  return writes
}

async function untilRefused(
  writes: ReturnType<typeof follow>,
  count: number,
): Promise<readonly RefusedWrite[]> {
  return eventually(() => {
    expect(writes.get().length).toBe(count)
    return writes.get()
  })
}

/** Refuses rows by their ids, until they are taken out. */
function refusing(...ids: string[]) {
  const bad = new Set(ids)
  const upload = async ({ operations }: { operations: readonly { id: string }[] }) => {
    const ops = operations.filter(({ id }) => bad.has(id)) as never[]
    if (ops.length > 0) throw refuse('not this one', { ops, code: 'bad', status: 422 })
  }
  return { bad, upload }
}

test.each([
  ['the first', ['a']],
  ['the middle', ['b']],
  ['the last', ['c']],
  ['all', ['a', 'b', 'c']],
])('of a transaction %s can be refused, and the others are taken', async (_which, ids) => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.writeTransaction(async (tx) => {
    for (const id of ['a', 'b', 'c']) await tx.execute(insert, [id, `todo ${id}`])
  })
  await database.execute(insert, ['behind', ''])
  const writes = follow(outbox)
  await connect(refusing(...ids))
  await untilUploaded(database)
  const found = await untilRefused(writes, ids.length)
  expect(found.map(({ rowId }) => rowId)).toEqual(ids)
  const client = await database.getClientId()
  for (const write of found)
    expect(write).toEqual({
      id: `${client}/${'abc'.indexOf(write.rowId) + 1}`,
      reason: 'not this one',
      code: 'bad',
      status: 422,
      at: expect.any(Date) as Date,
      table: 'todos',
      rowId: write.rowId,
      transaction: expect.any(Number) as number,
      operation: 'PUT',
      data: { title: `todo ${write.rowId}` },
      metadata: undefined,
      before: undefined,
      later: [],
    })
})

test('a refused write is kept with its metadata and the row before it, where the table tracks them', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute("INSERT INTO tracked (id, title) VALUES ('a', 'before')")
  await database.execute('DELETE FROM ps_crud')
  await database.execute("UPDATE tracked SET title = 'after', _metadata = 'why' WHERE id = 'a'")
  const writes = follow(outbox)
  await connect(refusing('a'))
  const [write] = await untilRefused(writes, 1)
  expect(write).toMatchObject({
    operation: 'PATCH',
    data: { title: 'after' },
    metadata: 'why',
    before: { title: 'before' },
  })
})

test('after the next checkpoint the row is the server’s, and what was refused is beside it', async () => {
  const outbox = await openOutbox()
  const { database, endpoint, connect } = outbox
  endpoint.change({ type: 'todos', id: 'a', data: { title: 'theirs', done: 1 } })
  const writes = follow(outbox)
  await connect(refusing('a', 'new'))
  const titles = () => database.getAll('SELECT id, title FROM todos ORDER BY id')
  await eventually(async () => expect(await titles()).toEqual([{ id: 'a', title: 'theirs' }]))
  await database.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET title = 'mine' WHERE id = 'a'")
    await tx.execute(insert, ['new', 'mine'])
  })
  await untilRefused(writes, 2)
  await eventually(async () => expect(await titles()).toEqual([{ id: 'a', title: 'theirs' }]))
  expect(writes.get()).toMatchObject([
    { rowId: 'a', data: { title: 'mine' }, before: { title: 'theirs', done: 1 } },
    { rowId: 'new', data: { title: 'mine' }, before: undefined },
  ])
})

test('a refused write outlives the database that met it', async () => {
  const outbox = await openOutbox()
  await outbox.database.execute(insert, ['a', 'mine'])
  await outbox.connect(refusing('a'))
  await untilUploaded(outbox.database)
  await outbox.database.disconnect()
  await outbox.database.disconnectAndClear({ clearLocal: false })
  expect((await storedRefused(outbox.database)).map(({ row_id }) => row_id)).toEqual(['a'])
})

test('retried it is queued as what it was, and shown again', async () => {
  const outbox = await openOutbox()
  const { database, endpoint, connect } = outbox
  endpoint.change({ type: 'todos', id: 'b', data: { title: 'theirs', done: 1 } })
  const rule = refusing('a', 'b', 'gone')
  const writes = follow(outbox)
  await connect({ upload: rule.upload })
  await eventually(async () =>
    expect(await database.getAll('SELECT id FROM todos')).toEqual([{ id: 'b' }]),
  )
  await database.writeTransaction(async (tx) => {
    await tx.execute("INSERT INTO todos (id, title, weight) VALUES ('a', 'mine', 2.0)")
    await tx.execute("UPDATE todos SET title = NULL, done = 0 WHERE id = 'b'")
  })
  const found = await untilRefused(writes, 2)
  await eventually(async () =>
    expect(await database.getAll('SELECT id, title FROM todos')).toEqual([
      { id: 'b', title: 'theirs' },
    ]),
  )
  await database.disconnect()
  await writes.retry(found.map(({ id }) => id))
  await untilRefused(writes, 0)
  const [first, second] = await database.getAll<{ data: string }>('SELECT data FROM ps_crud')
  expect(JSON.parse(first!.data)).toEqual({
    op: 'PUT',
    type: 'todos',
    id: 'a',
    data: { title: 'mine', weight: 2 },
  })
  expect(first!.data).toContain('2.0') // a number stays what it was
  expect(JSON.parse(second!.data)).toEqual({
    op: 'PATCH',
    type: 'todos',
    id: 'b',
    data: { title: null, done: 0 },
  })
  expect(await database.getAll('SELECT * FROM todos ORDER BY id')).toEqual([
    { id: 'a', title: 'mine', done: null, weight: 2 },
    { id: 'b', title: null, done: 0, weight: null },
  ])
  rule.bad.clear()
  await connect({ upload: rule.upload })
  await untilUploaded(database)
  expect(await storedRefused(database)).toEqual([])
})

test('a retry before the checkpoint, while the row still shows what was refused, sends it all the same', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute(insert, ['a', 'before'])
  await database.execute('DELETE FROM ps_crud')
  await database.execute("UPDATE todos SET title = 'mine' WHERE id = 'a'")
  const rule = refusing('a')
  const writes = follow(outbox)
  await connect({ upload: rule.upload })
  const [write] = await untilRefused(writes, 1)
  await database.disconnect()
  await database.execute(
    'INSERT OR REPLACE INTO ps_data__todos VALUES (\'a\', \'{"title":"mine"}\')',
  )
  await writes.retry(write!.id)
  const [entry] = await database.getAll<{ data: string }>('SELECT data FROM ps_crud')
  expect(JSON.parse(entry!.data)).toMatchObject({ op: 'PATCH', data: { title: 'mine' } })
})

test('retried with other values it is written with those', async () => {
  const outbox = await openOutbox()
  const { database, server, connect } = outbox
  server.answer = ({ upload }) => {
    const operations = upload.transactions.flatMap((transaction) => transaction.operations)
    const isLong = operations.some(({ data }) => String(data?.['title']).length > 5)
    return isLong ? { status: 422, body: { message: 'at most 5 letters', code: 'long' } } : {}
  }
  await database.execute(insert, ['a', 'too long a title'])
  const writes = follow(outbox)
  await connect()
  const [write] = await untilRefused(writes, 1)
  expect(write).toMatchObject({ reason: 'at most 5 letters', code: 'long', status: 422 })
  await writes.retry(write!.id, { title: 'short', done: true })
  await untilUploaded(database)
  expect(server.requests.at(-1)?.upload.transactions[0]?.operations).toEqual([
    { op: 'PUT', table: 'todos', id: 'a', data: { title: 'short', done: 1 } },
  ])
  await untilRefused(writes, 0)
})

test('retried and refused again it is there once', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute(insert, ['a', 'mine'])
  const writes = follow(outbox)
  await connect(refusing('a'))
  const [write] = await untilRefused(writes, 1)
  await writes.retry(write!.id)
  await untilUploaded(database)
  await eventually(() => {
    expect(writes.get().map(({ rowId }) => rowId)).toEqual(['a'])
    expect(writes.get()[0]!.id).not.toBe(write!.id)
  })
})

test('discarded it is gone, and nothing is queued', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute(insert, ['a', 'mine'])
  const writes = follow(outbox)
  await connect(refusing('a'))
  const [write] = await untilRefused(writes, 1)
  await writes.discard(write!.id)
  await untilRefused(writes, 0)
  expect(await queued(database)).toEqual([])
  expect(await storedRefused(database)).toEqual([])
})

test('what is refused no more, or names a column that is not there, is told and nothing is done', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute(insert, ['a', 'mine'])
  await database.execute("INSERT INTO lists (id, name) VALUES ('l', 'list')")
  const writes = follow(outbox)
  await connect(refusing('a', 'l'))
  const [write, list] = await untilRefused(writes, 2)
  const failures = await Promise.allSettled([
    writes.retry('nobody/1'),
    writes.discard('nobody/1'),
    writes.retry([write!.id, 'nobody/1']),
    writes.retry(write!.id, { name: 'of another table' }),
    writes.retry([list!.id, write!.id], { title: 'of one of two tables' }),
  ])
  expect(
    failures.map(
      (result) => result.status === 'rejected' && (result.reason as { code: string }).code,
    ),
  ).toEqual(['no-row', 'no-row', 'no-row', 'column-not-in-schema', 'column-not-in-schema'])
  expect((await storedRefused(database)).length).toBe(2)
  expect(await queued(database)).toEqual([])
})

test('an update of a row that is gone can only be discarded', async () => {
  const outbox = await openOutbox()
  const { database, endpoint, connect } = outbox
  endpoint.change({ type: 'todos', id: 'a', data: { title: 'theirs' } })
  const writes = follow(outbox)
  await connect(refusing('a'))
  await eventually(async () =>
    expect((await database.getAll('SELECT * FROM todos')).length).toBe(1),
  )
  await database.execute("UPDATE todos SET title = 'mine' WHERE id = 'a'")
  const [write] = await untilRefused(writes, 1)
  endpoint.change({ type: 'todos', id: 'a', data: null })
  await eventually(async () => expect(await database.getAll('SELECT * FROM todos')).toEqual([]))
  const error = await writes.retry(write!.id).catch((reason: unknown) => reason)
  expect(isRowsignalError(error, 'no-row')).toBe(true)
  await writes.discard(write!.id)
  expect(await storedRefused(database)).toEqual([])
})

test('a refused delete is retried also when its row is gone here already', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute(insert, ['a', 'mine'])
  await database.execute('DELETE FROM ps_crud')
  await database.execute("DELETE FROM todos WHERE id = 'a'")
  const rule = refusing('a')
  const writes = follow(outbox)
  await connect({ upload: rule.upload })
  const [write] = await untilRefused(writes, 1)
  await database.disconnect()
  await writes.retry(write!.id)
  expect(await queued(database)).toEqual(['DELETE todos a'])
})
