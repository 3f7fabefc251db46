/** A queue of writes, a backend that refuses some of them over HTTP, and what must be true of them afterwards. */
import { createConsoleLogger, type DBAdapter, LogLevels } from '@powersync/common'
import { PowerSyncDatabase } from '@powersync/node'
import { WASQLiteOpenFactory } from '@powersync/web'
import { createConnector, uploadWithFetch } from '@rowsignal/core'
import { expect } from 'vitest'
import { FaultyAdapter } from '../support/faulty-adapter.ts'
import { backOff, queued, schema } from '../support/outbox.ts'
import { keepFiles, newFiles, type StoredFiles } from '../support/stored-files.ts'
import { type Answers, UploadServer } from '../support/upload-server.ts'
import { inMemory } from '../support/in-memory.ts'

export async function openUploads(files: StoredFiles = newFiles()) {
  keepFiles(files)
  const logger = createConsoleLogger({ minLevel: LogLevels.error })
  const real: DBAdapter = new WASQLiteOpenFactory({
    logger,
    open: inMemory(files.filename),
  }).openDB()
  const adapter = new FaultyAdapter(real)
  const database = new PowerSyncDatabase({ schema, logger, opened: adapter })
  await database.init()
  return { files, real, adapter, database }
}

export type Uploads = Awaited<ReturnType<typeof openUploads>>

/** Uploads until the queue is empty, however often it fails; never ends if the database dies. */
export function upload({ database }: Uploads, server: UploadServer): Promise<void> {
  const connector = createConnector({
    fetchCredentials: async () => ({ endpoint: '', token: 'token' }),
    upload: uploadWithFetch(server.url),
    maxTransactions: 2,
    backOff,
  })
  return connector.uploadData(database)
}

/** Writes what the scenarios upload: rows that are refused, rows that are not, and both in one transaction. */
export async function write({ database }: Uploads): Promise<void> {
  const insert = 'INSERT INTO todos (id, title) VALUES (?, ?)'
  await database.execute(insert, ['a', 'a'])
  await database.writeTransaction(async (tx) => {
    await tx.execute(insert, ['bad', 'bad'])
    await tx.execute(insert, ['b', 'b'])
  })
  await database.writeTransaction(async (tx) => {
    await tx.execute("UPDATE todos SET done = 1 WHERE id = 'bad'")
    await tx.execute("UPDATE todos SET done = 1 WHERE id = 'a'")
  })
  await database.execute(insert, ['c', 'c'])
  await database.execute("DELETE FROM todos WHERE id = 'bad'")
}

const written = [
  'PUT todos a',
  'PUT todos bad',
  'PUT todos b',
  'PATCH todos bad',
  'PATCH todos a',
  'PUT todos c',
  'DELETE todos bad',
]

export interface UploadScenario {
  readonly name: string
  /** The calls that it makes at least. */
  readonly calls: number
  readonly answers: () => Answers
}

export const scenarios: readonly UploadScenario[] = [
  {
    name: 'some operations are refused',
    calls: 25,
    answers:
      () =>
      ({ upload: { transactions } }) => {
        const operations = transactions.flatMap((transaction) => transaction.operations)
        const places = operations.flatMap(({ op, id }, operation) =>
          id === 'bad' && op === 'PUT' ? [{ operation, reason: 'bad' }] : [],
        )
        return { body: { refused: places } }
      },
  },
  {
    name: 'a transaction is refused the first time that it comes, and taken the second time',
    calls: 25,
    answers() {
      const seen = new Set<string>()
      return ({ upload: { transactions } }) => {
        const bad = transactions.find(({ operations }) => operations.some(({ id }) => id === 'bad'))
        if (bad === undefined || seen.has(bad.key)) return {}
        if (transactions.length === 1) seen.add(bad.key)
        return { status: 422, body: { reason: 'bad' } }
      }
    },
  },
]

/** Each write is on the server once, or kept once as refused, and in the order in which it was made; none waits. */
export async function expectSettled(world: Uploads, server: UploadServer): Promise<void> {
  expect(await queued(world.database)).toEqual([])
  const kept = (
    await world.real.getAll<{ operation: string; row_id: string }>(
      'SELECT operation, row_id FROM rowsignal_refused ORDER BY operation_id',
    )
  ).map(({ operation, row_id }) => `${operation} todos ${row_id}`)
  for (const one of [server.applied, kept])
    expect(one).toEqual(written.filter((operation) => one.includes(operation)))
  expect([...server.applied, ...kept].sort()).toEqual([...written].sort())
}
