/**
 * Postgres as the backend knows it: plain SQL behind one interface, so that the embedded one here and a server
 * (`postgres-server.ts`) can stand in each other's place.
 */
import { readFile } from 'node:fs/promises'
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
  const postgres: EmbeddedPostgres = await PGlite.create({ dataDir: folder })
  await runFile(postgres, 'schema.sql')
  return postgres
}

/** Runs one of the SQL files beside `src`. */
export async function runFile(postgres: Postgres, name: string): Promise<void> {
  await postgres.exec(await readFile(new URL(`../${name}`, import.meta.url), 'utf8'))
}
