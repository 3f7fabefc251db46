/**
 * Writes made offline, then sent to a real backend behind a proxy that drops every seventh connection, after the backend has
 * written what came by it.
 */
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Schema, Table, column } from '@powersync/common'
import { createConnector, rowsignalTables, uploadWithFetch } from '@rowsignal/core'
import { expect, onTestFinished } from 'vitest'
import { startTestBackend, type TestBackend } from '../support/backend.ts'
import { openDatabase } from '../support/database.ts'
import { eventually } from '../support/eventually.ts'
import { untilUploaded } from '../support/outbox.ts'

const schema = new Schema({
  trips: new Table({ owner_id: column.text, name: column.text }),
  ...rowsignalTables,
})

/** Passes uploads on; each seventh is written, and its answer lost. */
async function startDropping(
  backend: TestBackend,
): Promise<{ url: string; dropped: () => number }> {
  let uploads = 0
  let dropped = 0
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url = '' } = incoming
    const isDropped = url === '/api/upload' && ++uploads % 7 === 0
    const upstream = request(new URL(url, backend.url), { method, headers }, (answer) => {
      if (isDropped) {
        dropped++
        answer.resume().on('end', () => outgoing.destroy())
        return
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    upstream.on('error', () => outgoing.destroy())
    outgoing.on('close', () => upstream.destroy())
    incoming.pipe(upstream)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, dropped: () => dropped }
}

/** Counts in Postgres that all arrive once and in order. */
export async function expectAllOnce(count: number): Promise<void> {
  const backend = await startTestBackend()
  await backend.postgres.exec(`
    create table written (place serial, id text);
    create function note() returns trigger language plpgsql as
      $$ begin insert into written (id) values (new.id); return new; end $$;
    create trigger note after insert or update on trips for each row execute function note();`)
  const gate = await startDropping(backend)
  const database = await openDatabase(schema, { logLevel: Infinity })
  const ids = Array.from({ length: count }, (_, index) => `trip-${index}`)
  for (const id of ids)
    await database.execute('INSERT INTO trips (id, owner_id, name) VALUES (?, ?, ?)', [id, '1', id])

  const connector = createConnector({
    fetchCredentials: async () => ({ endpoint: gate.url, token: await backend.token() }),
    // A wait would be longer than the test: what is dropped is sent again at once.
    backOff: { firstMs: 3_600_000, maxMs: 3_600_000 },
    upload: uploadWithFetch(`${gate.url}/api/upload`, {
      body: ({ key, operations }) => ({
        key: {
          client: key.split('/')[0],
          transaction: operations[0]?.clientId,
          part: 0,
          isLast: true,
        },
        operations: operations.map(({ op, table, id, opData }) => ({
          op,
          table,
          id,
          data: opData,
        })),
      }),
    }),
  })
  await database.connect(connector, { crudUploadThrottleMs: 10 })
  let left = count
  while (left > 0) {
    // As long as it gets on it may take its time.
    left = await eventually(async () => {
      const now = (await database.get<{ left: number }>('SELECT count(*) AS left FROM ps_crud'))
        .left
      expect(now === 0 || now < left).toBe(true)
      return now
    })
  }
  await untilUploaded(database)
  const { rows } = await backend.postgres.query<{ id: string }>(
    'select id from written order by place',
  )
  expect(rows.map(({ id }) => id)).toEqual(ids)
  expect(gate.dropped()).toBeGreaterThanOrEqual(Math.floor(count / 7))
  expect(await database.getAll('SELECT * FROM rowsignal_refused')).toEqual([])
}
