/** A Postgres server, by a pool of connections. */
import { Pool, type ClientBase } from 'pg'
import type { Postgres, Queryable } from './postgres.ts'
import { SetupError } from './setup-error.ts'

/** Long enough for a server that wakes up, short enough for a client that waits for its upload. */
const connectMs = 10_000

/**
 * Connects to the server at `url`. A connection that is lost later fails what was using it, and the next use makes
 * another.
 *
 * @throws {SetupError} when the server cannot be used; without the password, which is part of the URL.
 */
export async function connectPostgres(url: string): Promise<Postgres> {
  const where = describeServer(url)
  const pool = new Pool({ connectionString: url, connectionTimeoutMillis: connectMs })
  // pg 8 emits the loss of a connection, idle or in use, also as an event, and one that nobody hears ends the process.
  pool.on('error', ignoreLoss)
  pool.on('connect', (connection) => connection.on('error', ignoreLoss))
  try {
    await pool.query('select 1')
  } catch (error) {
    await pool.end()
    throw new SetupError(`The Postgres at ${where} cannot be used: ${reasonOf(error)}`, {
      cause: error,
    })
  }
  return {
    ...toQueryable(pool),
    exec: (sql) => pool.query(sql),
    transaction: (work) => runTransaction(pool, work),
    close: () => pool.end(),
  }
}

async function runTransaction<T>(
  pool: Pool,
  work: (transaction: Queryable) => Promise<T>,
): Promise<T> {
  const connection = await pool.connect()
  try {
    await connection.query('begin')
    const result = await work(toQueryable(connection))
    await connection.query('commit')
    return result
  } catch (error) {
    // It can only fail when the connection is lost: then the server rolls back, and pg-pool 3.14 drops the connection.
    await connection.query('rollback').catch(() => {})
    throw error
  } finally {
    connection.release()
  }
}

function toQueryable(server: Pick<ClientBase, 'query'>): Queryable {
  return {
    // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only the caller knows its columns
    async query<Row>(sql: string, values?: unknown[]) {
      const { rows } = await server.query(sql, values)
      return { rows: rows as Row[] }
    },
  }
}

/** Whoever was using the connection hears of it by a rejection. */
function ignoreLoss(): void {}

/** Host and database. The URL as a whole holds a password, so an error must not quote it. */
export function describeServer(url: string): string {
  if (!URL.canParse(url)) throw new SetupError('POSTGRES_URL is not a URL.')
  const { host, pathname } = new URL(url)
  return host + pathname
}

/** An AggregateError, which Node gives for a name with several addresses, has no message of its own. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
