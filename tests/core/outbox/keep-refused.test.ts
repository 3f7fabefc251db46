/** What goes with a refused insert, and what does not. */
import { refuse, refused } from '@rowsignal/core'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../support/eventually.ts'
import {
  type Outbox,
  openOutbox,
  queued,
  storedRefused,
  untilUploaded,
} from '../../support/outbox.ts'

const insert = 'INSERT INTO todos (id, title) VALUES (?, ?)'

type Operations = { operations: readonly { op: string; id: string }[] }

/** Refuses inserts of `a` while it is bad; remembers what was sent. */
function backend() {
  const sent: string[] = []
  const rule = { isBad: true }
  const upload = async ({ operations }: Operations) => {
    sent.push(...operations.map(({ op, id }) => `${op} ${id}`))
    const ops = operations.filter(({ op, id }) => rule.isBad && op === 'PUT' && id === 'a')
    if (ops.length > 0) throw refuse('bad', { ops: ops as never[] })
  }
  return { sent, rule, upload }
}

async function kept({ database }: Outbox): Promise<string[]> {
  const rows = await storedRefused(database)
  const key = (id: string | null) => (id === null ? '' : ` behind ${id.split('/')[1]}`)
  return rows.map(({ operation, row_id, behind }) => `${operation} ${row_id}${key(behind)}`)
}

test.each([1, 10])(
  'later writes of a refused insert go with it, %i transactions at once',
  async (maxTransactions) => {
    const outbox = await openOutbox()
    const { database, connect } = outbox
    const { sent, upload } = backend()
    await database.writeTransaction(async (tx) => {
      await tx.execute(insert, ['a', 'one'])
      await tx.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
    })
    await database.writeTransaction(async (tx) => {
      await tx.execute(insert, ['b', 'other'])
      await tx.execute("UPDATE todos SET title = 'two' WHERE id = 'a'")
    })
    await connect({ upload, maxTransactions })
    await untilUploaded(database)
    expect(await kept(outbox)).toEqual(['PUT a', 'PATCH a behind 1', 'PATCH a behind 1'])
    expect(sent).toContain('PUT b')
    // The one that was sent was in the transaction of the insert.
    expect(sent.filter((one) => one === 'PATCH a').length).toBe(1)

    const writes = refused(database)
    onTestFinished(writes.listen(() => undefined))
    const [write] = await eventually(() => {
      expect(writes.get().length).toBe(1)
      return writes.get()
    })
    expect(write?.later.map(({ operation, data }) => [operation, data])).toEqual([
      ['PATCH', { done: 1 }],
      ['PATCH', { title: 'two' }],
    ])
  },
)

test('one that is made after the refusal, and before the checkpoint, goes with it too', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  const { sent, upload } = backend()
  await database.execute(insert, ['a', 'one'])
  await connect({ upload })
  await untilUploaded(database)
  await database.execute("INSERT OR REPLACE INTO ps_data__todos VALUES ('a', '{}')") // shown still
  await database.execute("UPDATE todos SET title = 'two' WHERE id = 'a'")
  await untilUploaded(database)
  expect(sent).toEqual(['PUT a'])
  expect(await kept(outbox)).toEqual(['PUT a', 'PATCH a behind 1'])
})

test('retried it is one insert with all that came later', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  const { sent, rule, upload } = backend()
  await database.execute(insert, ['a', 'one'])
  await database.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
  await database.execute("UPDATE todos SET title = 'two' WHERE id = 'a'")
  await connect({ upload })
  await untilUploaded(database)
  rule.isBad = false
  await database.disconnect()
  const [{ id }] = (await storedRefused(database)) as unknown as [{ id: string }]
  await refused(database).retry(id, { title: 'three' })
  const [entry] = await database.getAll<{ data: string }>('SELECT data FROM ps_crud')
  expect(JSON.parse(entry!.data)).toMatchObject({ op: 'PUT', data: { title: 'three', done: 1 } })
  await connect({ upload })
  await untilUploaded(database)
  expect(sent).toEqual(['PUT a', 'PUT a'])
  expect(await kept(outbox)).toEqual([])
})

test('with a delete among them nothing is sent by a retry, and by a discard all goes', async () => {
  for (const how of ['retry', 'discard'] as const) {
    const outbox = await openOutbox()
    const { database, connect } = outbox
    const { sent, upload } = backend()
    await database.execute(insert, ['a', 'one'])
    await database.execute("DELETE FROM todos WHERE id = 'a'")
    await connect({ upload })
    await untilUploaded(database)
    expect(await kept(outbox)).toEqual(['PUT a', 'DELETE a behind 1'])
    const [{ id }] = (await storedRefused(database)) as unknown as [{ id: string }]
    await refused(database)[how](id)
    expect(await kept(outbox)).toEqual([])
    expect(await queued(database)).toEqual([])
    expect(sent).toEqual(['PUT a'])
  }
})

test('an update of a row that the server has is sent, although an insert of it was refused', async () => {
  const outbox = await openOutbox()
  const { database, endpoint, connect } = outbox
  const { sent, upload } = backend()
  await database.execute(insert, ['a', 'one'])
  await connect({ upload })
  await untilUploaded(database)
  endpoint.change({ type: 'todos', id: 'a', data: { title: 'theirs' } })
  await eventually(async () =>
    expect(await database.getAll('SELECT title FROM todos')).toEqual([{ title: 'theirs' }]),
  )
  await database.execute("UPDATE todos SET title = 'two' WHERE id = 'a'")
  await untilUploaded(database)
  expect(sent).toEqual(['PUT a', 'PATCH a'])
  expect(await kept(outbox)).toEqual(['PUT a'])
})

test('once the server has taken another insert of the row, updates are sent', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  const { sent, rule, upload } = backend()
  await database.execute(insert, ['a', 'one'])
  await connect({ upload })
  await untilUploaded(database)
  rule.isBad = false
  await database.execute("INSERT OR REPLACE INTO todos (id, title) VALUES ('a', 'two')")
  await database.execute("UPDATE todos SET title = 'three' WHERE id = 'a'")
  await untilUploaded(database)
  expect(sent).toEqual(['PUT a', 'PUT a', 'PATCH a'])
  expect(await kept(outbox)).toEqual(['PUT a'])
})

test('a write behind a refused update is sent', async () => {
  const outbox = await openOutbox()
  const { database, connect } = outbox
  await database.execute(insert, ['a', 'one'])
  await database.execute('DELETE FROM ps_crud')
  await database.execute("UPDATE todos SET title = 'bad' WHERE id = 'a'")
  await database.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
  const sent: unknown[] = []
  await connect({
    upload: async ({ operations }) => {
      sent.push(...operations.map(({ opData }) => opData))
      if (operations.some(({ opData }) => opData?.['title'] === 'bad')) throw refuse('bad')
    },
  })
  await untilUploaded(database)
  expect(sent).toEqual([{ title: 'bad' }, { done: 1 }])
  expect(await kept(outbox)).toEqual(['PATCH a'])
})

test.each(['retry', 'discard'] as const)(
  'a later update that waits in the queue goes with a refused insert by a %s too, and is not sent alone',
  async (how) => {
    const outbox = await openOutbox()
    const { database, connect } = outbox
    const { sent, rule, upload } = backend()
    await database.execute(insert, ['a', 'one'])
    await connect({ upload })
    await untilUploaded(database)
    await database.disconnect()
    await database.execute("INSERT OR REPLACE INTO ps_data__todos VALUES ('a', '{}')") // shown still
    await database.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
    rule.isBad = false
    const [{ id }] = (await storedRefused(database)) as unknown as [{ id: string }]
    await refused(database)[how](id)
    const queue = await database.getAll<{ data: string }>('SELECT data FROM ps_crud')
    const retried = { op: 'PUT', type: 'todos', id: 'a', data: { title: 'one', done: 1 } }
    expect(queue.map(({ data }) => JSON.parse(data) as unknown)).toEqual(
      how === 'retry' ? [retried] : [],
    )
    await connect({ upload })
    await untilUploaded(database)
    expect(sent).toEqual(how === 'retry' ? ['PUT a', 'PUT a'] : ['PUT a'])
    expect(await kept(outbox)).toEqual([])
  },
)

/** Takes nothing but its `answer`s; remembers each request. */
function recording(answer: (request: number) => Promise<unknown>) {
  const requests: { key: string; sent: string[] }[] = []
  const upload = async ({ key, operations }: Operations & { key: string }) => {
    requests.push({ key, sent: operations.map(({ op, id }) => `${op} ${id}`) })
    await answer(requests.length)
  }
  return { requests, upload }
}

test.each(['retry', 'discard'] as const)(
  'a transaction whose answer was lost is sent again as it was, also after a %s of the insert that a part of it went with',
  async (how) => {
    const outbox = await openOutbox()
    const { database, connect } = outbox
    await database.execute(insert, ['a', 'one'])
    await database.writeTransaction(async (tx) => {
      await tx.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
      await tx.execute(insert, ['b', 'other'])
      await tx.execute("UPDATE todos SET done = 2 WHERE id = 'a'")
    })
    const { requests, upload } = recording(async (request) => {
      if (request === 1) throw refuse('bad')
      if (request > 2) return
      const [first] = await storedRefused(database)
      await refused(database)[how](first!.id)
      throw new TypeError('fetch failed')
    })
    await connect({ upload })
    await untilUploaded(database)
    const client = await database.getClientId()
    const lost = { key: `${client}/2`, sent: ['PUT b'] }
    const retried = { key: `${client}/3`, sent: ['PUT a'] }
    expect(requests.slice(1)).toEqual(how === 'retry' ? [lost, lost, retried] : [lost, lost])
    expect(await kept(outbox)).toEqual([])
  },
)

test('an update whose answer was lost is sent again, also when the server has the row no more', async () => {
  const outbox = await openOutbox()
  const { database, endpoint, connect } = outbox
  const theirs = (title: string | null) =>
    endpoint.change({ type: 'todos', id: 'a', data: title === null ? null : { title } })
  const onServer = async (count: number) =>
    eventually(async () =>
      expect(await database.getAll("SELECT 1 FROM ps_oplog WHERE row_id = 'a'")).toHaveLength(
        count,
      ),
    )
  const { requests, upload } = recording(async (request) => {
    if (request === 1) throw refuse('bad')
    if (request > 2) return
    theirs(null)
    await onServer(0)
    throw new TypeError('fetch failed')
  })
  await database.execute(insert, ['a', 'one'])
  await connect({ upload })
  await untilUploaded(database)
  theirs('theirs')
  await onServer(1)
  await database.execute("INSERT OR REPLACE INTO ps_data__todos VALUES ('a', '{}')") // whether shown or not
  await database.execute("UPDATE todos SET title = 'two' WHERE id = 'a'")
  await untilUploaded(database)
  expect(requests.slice(1)).toEqual([requests[1], requests[1]])
  expect(requests[1]?.sent).toEqual(['PATCH a'])
  expect(await kept(outbox)).toEqual(['PUT a'])
})
