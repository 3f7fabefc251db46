/**
 * The rows of an SQL statement as a readable: for what TanStack DB can't say (full-text search, window functions,
 * recursion) and for tables that no collection holds.
 */
import type { LockContext } from '@powersync/common'
import { ours } from '../libraries/lock-holders.ts'
import { endError, endOf, onEnd } from '../libraries/ending.ts'
import { type Database, isServerDatabase } from '../libraries/powersync.ts'
import { TryAgain } from '../libraries/try-again.ts'
import { keepIfSame, noItems } from '../readable/keep.ts'
import { createReadable, type Readable, type Stop } from '../readable/readable.ts'
import { isSameValue } from '../readable/same-value.ts'

/** What `sqlQuery` tells. */
export interface SqlRows<Row extends object> {
  /** The rows in the order of the statement, frozen; an equal row is the same object. Empty before the first result. */
  readonly rows: readonly Readonly<Row>[]
  /** Whether the rows have not been read yet, or not since the last listener left. */
  readonly isLoading: boolean
  /** Why the statement could not be run; the rows are as they were then. Gone with the next result. */
  readonly error: Error | undefined
}

/**
 * The rows of an SQL statement, run again when one of the tables that it reads has changed.
 *
 * Shape: the same value until a row comes, goes, moves or changes; integers and texts as SQLite's driver gives them.
 * Nothing runs before the first listener; after the last one the rows stay, marked `isLoading`.
 * Cost: one statement under the write lock for each commit that touches a table of it, however many came meanwhile.
 * Source: tables by `resolveTables`, commits by `onChange` of @powersync/common 2.3.0.
 *
 * @param sql A statement that reads.
 * @param parameters The values of its `?`.
 * @example
 * const found = sqlQuery<{ id: string }>(database, 'SELECT id FROM notes_fts WHERE notes_fts MATCH ?', ['picnic'])
 * found.subscribe(({ rows, isLoading, error }) => render(rows))
 */
export function sqlQuery<Row extends object>(
  database: Database,
  sql: string,
  parameters: readonly unknown[] = [],
): Readable<SqlRows<Row>> {
  let value: SqlRows<Row> = { rows: noItems, isLoading: true, error: undefined }
  return createReadable({
    get: () => value,
    start(changed) {
      if (isServerDatabase(database)) return () => {}
      const tell = (next: SqlRows<Row>): void => {
        const { rows, isLoading, error } = value
        if (rows === next.rows && isLoading === next.isLoading && error === next.error) return
        value = next
        changed()
      }
      const stop = follow(database, { sql, parameters: [...parameters] }, (result) => {
        if ('error' in result) tell({ ...value, isLoading: false, error: result.error })
        else {
          const rows = keepRows(value.rows, result.rows as Row[])
          tell({ rows, isLoading: false, error: undefined })
        }
      })
      return () => {
        stop()
        value = { ...value, isLoading: true }
      }
    },
  })
}

interface Statement {
  readonly sql: string
  readonly parameters: unknown[]
}

type Result = { readonly rows: object[] } | { readonly error: Error }

/** Runs a statement now, and after each commit or new schema that may change what it gives. */
function follow(
  database: Database,
  { sql, parameters }: Statement,
  tell: (result: Result) => void,
): Stop {
  let watch = new AbortController()
  // Not by a read connection, which may be behind (OPFSWriteAheadVFS, 11 of 100 reads right after a commit).
  const read = (): Promise<object[]> =>
    database.writeLock(
      ours('a query in SQL', (lock: LockContext) => lock.getAll<object>(sql, parameters)),
    )

  const again = new TryAgain(() => void begin())
  /** Anew for each schema, by which a view may read other tables. */
  const begin = async (): Promise<void> => {
    watch.abort()
    const { signal } = (watch = new AbortController())
    const tellUnlessOver = (result: Result): void => {
      if (!signal.aborted) tell(result)
    }
    const fail = (reason: unknown): void => {
      if (!signal.aborted) again.failed(reason)
      tellUnlessOver({ error: errorOf(reason) })
    }
    const show = (rows: object[]): void => {
      again.stop()
      tellUnlessOver({ rows })
    }
    const onChange = (): Promise<void> => read().then(show, fail)
    try {
      await database.waitForReady()
      const tables = await database.resolveTables(sql, parameters)
      if (signal.aborted) return
      const options = { tables, signal, throttleMs: 0, triggerImmediate: true }
      database.onChangeWithCallback({ onChange }, options)
    } catch (reason) {
      fail(reason)
    }
  }

  const stopListening = database.registerListener({
    schemaChanged: () => void begin(),
  })
  const end = (): void => {
    watch.abort()
    again.stop()
    tell({ error: endError(database, closedMessage) })
  }
  const stopWaiting = onEnd(database, end)
  if (endOf(database) === undefined) void begin()
  else end()
  return () => {
    stopListening()
    stopWaiting()
    watch.abort()
    again.stop()
  }
}

const closedMessage =
  'query: the database was closed, so the rows of an SQL statement are no longer in step with it. Open it again and ask anew.'

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason), { cause: reason })
}

/** `next` with the rows of before that are equal, by their id or, without one, by their place. */
function keepRows<Row extends object>(before: readonly Row[], next: Row[]): readonly Row[] {
  const known = new Map(before.map((row) => [idOf(row), row]))
  const rows = next.map((row, index) => {
    const id = idOf(row)
    const same = id === undefined ? before[index] : known.get(id)
    return same !== undefined && isSameRow(same, row) ? same : Object.freeze(row)
  })
  return keepIfSame(before, rows)
}

function idOf(row: object): unknown {
  return (row as { id?: unknown }).id
}

function isSameRow(left: object, right: object): boolean {
  const [ofLeft, ofRight] = [Object.entries(left), Object.entries(right)]
  return (
    ofLeft.length === ofRight.length &&
    ofLeft.every(([name, value], index) => {
      const [otherName, other] = ofRight[index]!
      return name === otherName && isSameValue(value, other)
    })
  )
}
