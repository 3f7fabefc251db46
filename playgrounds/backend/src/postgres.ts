/**
 * Postgres as the backend knows it: plain SQL behind one interface, so that the embedded one here and a server
 * (`postgres-server.ts`) can stand in each other's place.
 */
import { readFile } from 'node:fs/promises'
import { setImmediate as pause } from 'node:timers/promises'
import { PGlite } from '@electric-sql/pglite'

export interface Queryable {
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the caller knows its columns
  query<Row>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>
}

export interface Postgres extends Queryable {
  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
  transaction<T>(work: (transaction: Queryable) => Promise<T>): Promise<T>
  /** Runs statements without parameters, such as a whole SQL file. */
  exec(sql: string): Promise<unknown>
  close(): Promise<void>
}

export interface EmbeddedPostgres extends Postgres {
  /** Calls back after each commit that notified `channel`. */
  listen(channel: string, callback: () => void): Promise<unknown>
}

/** Opens the embedded Postgres in `folder`, made at the first start, with the playground's tables. */
export async function openPostgres(folder: string): Promise<EmbeddedPostgres> {
  const database = await PGlite.create({ dataDir: folder })
  const postgres: EmbeddedPostgres = {
    ...takingTurns(database),
    transaction: (work) => database.transaction((transaction) => work(takingTurns(transaction))),
    exec: (sql) => database.exec(sql),
    listen: (channel, callback) => database.listen(channel, callback),
    close: () => database.close(),
  }
  await runFile(postgres, 'schema.sql')
  return postgres
}

/** It answers without I/O, so whoever asks many times in a row would keep every other request waiting. */
function takingTurns(sql: Queryable): Queryable {
  return {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the caller knows its columns
    async query<Row>(text: string, values?: unknown[]) {
      await pause()
      return sql.query<Row>(text, values)
    },
  }
}

/** Runs one of the SQL files beside `src`. */
export async function runFile(postgres: Postgres, name: string): Promise<void> {
  await postgres.exec(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'))
}
