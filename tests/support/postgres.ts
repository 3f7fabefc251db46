/** A Postgres server for tests: PGlite behind a socket, which speaks the wire protocol to any driver. */
import { PGlite } from '@electric-sql/pglite'
import { PGLiteSocketServer } from '@electric-sql/pglite-socket'
import { onTestFinished } from 'vitest'

export interface TestPostgres {
  /** With a password in it, as a real one has. */
  readonly url: string
  /** The rows of a query, read past the socket. */
  rows(sql: string): Promise<unknown[]>
  /** Runs statements, past the socket. */
  exec(sql: string): Promise<unknown>
  /** Drops all connections and takes no new ones. */
  stop(): Promise<void>
  /** Listens again, at the same address. */
  start(): Promise<void>
}

/** The files of an empty one, once in a process: to make them takes 2.7 s, and from here 0.6 s. */
let emptyFiles: Promise<Blob> | undefined

async function makeEmptyFiles(): Promise<Blob> {
  const database = await PGlite.create()
  const files = await database.dumpDataDir('none')
  await database.close()
  return files
}

/** An empty server on a free port, stopped when the test ends. */
export async function startTestPostgres(): Promise<TestPostgres> {
  emptyFiles ??= makeEmptyFiles()
  const database = await PGlite.create({ loadDataDir: await emptyFiles })
  let port = 0
  let server: PGLiteSocketServer | undefined
  const start = async () => {
    server = new PGLiteSocketServer({ db: database, port, maxConnections: 20 })
    await server.start()
    port = Number(server.getServerConn().split(':').at(-1))
  }
  const stop = async () => {
    await server?.stop()
    server = undefined
  }
  await start()
  onTestFinished(async () => {
    await stop()
    await database.close()
  })
  return {
    url: `postgresql://postgres:secret@127.0.0.1:${port}/postgres`,
    rows: async (sql) => (await database.query(sql)).rows,
    exec: (sql) => database.exec(sql),
    stop,
    start,
  }
}
