/** What the worker that syncs does with a connection that the page shows it, by the Comlink that the SDK uses for it. */
import { type Remote, transfer, wrap } from 'comlink'
import { WASQLiteOpenFactory } from '@powersync/web'
import type { DBAdapter } from '@powersync/common'
import { createConsoleLogger, LogLevels } from '@powersync/common'
import { expect, onTestFinished, test } from 'vitest'
import {
  type AskConnection,
  shareConnection,
} from '../../../core/src/libraries/shared-connection.ts'
import { eventually } from '../../support/eventually.ts'
import { useTabLocks } from '../../support/tab-locks.ts'
import { inMemory } from '../../support/in-memory.ts'

/** What the SDK (2.4.0) calls of it. */
interface Client {
  requestAccess(isWrite: boolean, timeoutMs?: number): Promise<string>
  completeAccess(token: string): Promise<void>
  execute(token: string, sql: string, parameters?: unknown[]): Promise<{ rawRows: unknown[][] }>
  executeBatch(
    token: string,
    sql: string,
    rows: unknown[][],
  ): Promise<{ insertId?: number; rowsAffected: number }[]>
  setUpdateListener(port: MessagePort | null): Promise<void>
  close(): Promise<void>
}

async function openShared(mayWrite: () => Promise<void> = () => Promise.resolve()) {
  const adapter: DBAdapter = new WASQLiteOpenFactory({
    logger: createConsoleLogger({ minLevel: LogLevels.error }),
    open: inMemory(),
  }).openDB()
  await adapter.execute('CREATE TABLE notes (id TEXT PRIMARY KEY)')
  const ask: AskConnection = async (run, { isWrite }) => {
    if (isWrite) await mayWrite()
    await adapter.writeLock(run)
  }
  const { port, close } = shareConnection({
    ask,
    listen: (listener) =>
      adapter.registerListener({ tablesUpdated: ({ tables }) => listener(tables) }),
  })
  const worker = wrap<{ connectToExisting(how: { lockName?: string }): Client }>(port)
  const connect = (lockName?: string): Promise<Remote<Client>> =>
    worker.connectToExisting(lockName === undefined ? {} : { lockName }) as never
  onTestFinished(() => {
    close()
    port.close()
    return adapter.close()
  })
  return { adapter, connect, close }
}

/** The tables that a client is told of. */
async function listenBy(client: Remote<Client>): Promise<unknown[]> {
  const { port1, port2 } = new MessageChannel()
  onTestFinished(() => port1.close())
  const told: unknown[] = []
  port1.addEventListener('message', ({ data }) => told.push(data))
  port1.start()
  await client.setUpdateListener(transfer(port2, [port2]))
  return told
}

const count = (adapter: DBAdapter) =>
  adapter.get<{ count: number }>('SELECT count(*) AS count FROM notes').then(({ count }) => count)

test('statements run in the lock that was asked for, which others wait for until it is given back', async () => {
  const { adapter, connect } = await openShared()
  const client = await connect()
  const token = await client.requestAccess(true)
  let isServed = false
  const other = adapter.writeLock(() => Promise.resolve((isServed = true)))
  const written = await client.executeBatch(token, 'INSERT INTO notes VALUES (?)', [['a'], ['b']])
  expect(written.map(({ rowsAffected }) => rowsAffected)).toEqual([2])
  const read = await client.execute(token, 'SELECT id FROM notes WHERE id > ?', ['a'])
  expect(read.rawRows).toEqual([['b']])
  await expect(client.execute(token, 'SELECT missing FROM notes')).rejects.toThrow('no such column')
  expect(isServed).toBe(false)
  await client.completeAccess(token)
  await other
  await expect(client.execute(token, 'SELECT 1')).rejects.toThrow('the lock was given back')
})

test('it is told of the tables that were written to, until it asks for that no more', async () => {
  const { adapter, connect } = await openShared()
  const client = await connect()
  const other = await connect()
  const told = await listenBy(client)
  const toldOther = await listenBy(other)
  await adapter.execute("INSERT INTO notes VALUES ('a')")
  await eventually(() => expect(told).toEqual([['notes']]))
  await client.setUpdateListener(null)
  await adapter.execute("INSERT INTO notes VALUES ('b')")
  await eventually(() => expect(toldOther).toEqual([['notes'], ['notes']]))
  expect(told).toEqual([['notes']])
})

test.each(['its client is gone', 'its client closes it', 'the page closes it'])(
  'what it holds is given back when %s, and what it waits for is never held',
  async (why) => {
    const { held } = useTabLocks()
    let end = (): void => undefined
    void navigator.locks.request('client', () => new Promise<void>((gone) => (end = gone)))
    const { adapter, connect, close } = await openShared()
    const client = await connect('client')
    const token = await client.requestAccess(true)
    await client.execute(token, "INSERT INTO notes VALUES ('a')")
    client.requestAccess(true).catch(() => undefined) // the database is closed in the end
    if (why === 'its client is gone') end()
    else if (why === 'its client closes it') await client.close()
    else close()
    await adapter.writeLock(() => Promise.resolve())
    expect(await count(adapter)).toBe(1)
    end()
    await eventually(() => expect(held()).toEqual([]))
  },
)

test('it is refused what the page refuses', async () => {
  const { connect } = await openShared(() => Promise.reject(new Error('no space')))
  const client = await connect()
  await expect(client.requestAccess(true)).rejects.toThrow('no space')
  const token = await client.requestAccess(false)
  await client.completeAccess(token)
})
